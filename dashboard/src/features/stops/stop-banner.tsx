"use client";

import { useQuery } from "@tanstack/react-query";
import { useLiveRefresh } from "@/lib/live";
import { stopsQuery } from "@/lib/shared-queries";
import { Light } from "@/ui/light";
import { stopScope } from "./stop-words";

const EVENTS = ["stop."];

/** A stop is never invisible: one red line above every page for as long as it holds. */
export function StopBanner() {
  const stops = useQuery(stopsQuery);
  useLiveRefresh(EVENTS, stopsQuery.queryKey);
  const active = stops.data?.active ?? [];
  const first = active.find((stop) => stop.scope === "workspace") ?? active[0];
  return (
    <div role="alert">
      {first === undefined ? null : (
        <p className="flex items-center gap-2 border-b border-red-line bg-red-soft px-4 py-1.5 text-red-text">
          <Light light="red" size="md" />
          <span className="min-w-0">
            <strong className="font-semibold">Stopped: {stopScope(first)}.</strong> {first.reason}
            {active.length > 1 ? ` (and ${active.length - 1} more)` : ""}. No action starts until it is
            lifted.
          </span>
        </p>
      )}
    </div>
  );
}
