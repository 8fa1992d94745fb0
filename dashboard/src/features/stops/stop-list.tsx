"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Account } from "@/api/types/accounts";
import { stopsQuery } from "@/lib/shared-queries";
import { Button } from "@/ui/button";
import { ErrorNote } from "@/ui/error-state";
import { Light } from "@/ui/light";
import { RelativeTime } from "@/ui/relative-time";
import { liftStop } from "./queries";
import { stopScope } from "./stop-words";

/** The stops that hold now, each with the way to lift it. Nothing when there is none. */
export function StopList({ accounts }: { accounts: readonly Account[] }) {
  const client = useQueryClient();
  const stops = useQuery(stopsQuery);
  const lift = useMutation({
    mutationFn: liftStop,
    onSuccess: () => client.invalidateQueries({ queryKey: stopsQuery.queryKey }),
  });
  if (stops.isError) return <ErrorNote error={stops.error} />;
  const active = stops.data?.active ?? [];
  if (active.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 font-medium">Active now</h3>
      {lift.isError ? <ErrorNote error={lift.error} /> : null}
      <ul className="rounded-lg border">
        {active.map((stop) => (
          <li key={stop.id} className="flex items-center gap-3 border-b px-3 py-2 last:border-b-0">
            <Light light="red" />
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{stopScope(stop, accounts)}</span>
              <span className="block truncate text-ink-3">
                <RelativeTime at={stop.created_at} form="words" /> · {stop.reason}
              </span>
            </span>
            <Button
              aria-label={`Lift the stop on ${stopScope(stop, accounts)}`}
              busy={lift.isPending && lift.variables === stop.id}
              onClick={() => lift.mutate(stop.id)}
            >
              Lift
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
