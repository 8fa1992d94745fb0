"use client";

import { ErrorState } from "@/ui/error-state";

/** A page that breaks leaves the shell, and with it the emergency stop, standing. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return <ErrorState error={error} onRetry={reset} step="Try again. If it lasts, reload the page." />;
}
