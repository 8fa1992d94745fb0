"use client";

import { useEffect } from "react";
import { opened } from "./queries";

/**
 * Tells the server what the reviewer has before him. What is only passed on the way is not told, and a
 * failure is silent: it costs a measurement, not a decision.
 */
export function useOpened(id: string | null, afterMs = 400): void {
  useEffect(() => {
    if (id === null) return;
    const timer = setTimeout(() => void opened(id).catch(() => undefined), afterMs);
    return () => clearTimeout(timer);
  }, [id, afterMs]);
}
