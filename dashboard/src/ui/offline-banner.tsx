"use client";

import { WifiOff } from "lucide-react";
import { useLiveStatus } from "@/lib/live";

/** Says that what is on screen may be old. */
export function OfflineBanner() {
  if (useLiveStatus() !== "offline") return null;
  return (
    <div
      role="status"
      className="flex items-center gap-2 border-b bg-yellow-soft px-4 py-1.5 text-yellow-text"
    >
      <WifiOff aria-hidden="true" className="size-4 shrink-0" />
      You are offline. What you see may be old, and decisions cannot be sent.
    </div>
  );
}
