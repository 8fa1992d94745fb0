"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Simulation, SimulationWish } from "@/api/types/safety";
import { Button } from "@/ui/button";
import { ErrorNote } from "@/ui/error-state";
import { Meter } from "@/ui/meter";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { Segmented } from "@/ui/segmented";
import { toastProblem } from "@/ui/toast-problem";
import { Comparison } from "./comparison";
import { cancelSimulation, isUnderWay, simulate, SIMULATIONS, simulationsQuery } from "./queries";

const PROFILES = ["lenient", "normal", "strict"] as const;
const SIZE = { accounts: 6, days: 45 } as const;

/** Flies the changed numbers beside today's through the same seeded world, before anything is saved. */
export function WhatIf({ changes, disabled }: { changes: Record<string, number>; disabled: boolean }) {
  const client = useQueryClient();
  const [enforcement, setEnforcement] = useState<SimulationWish["enforcement"]>("normal");
  const list = useQuery(simulationsQuery);
  const latest = list.data?.items[0];
  const refresh = () => client.invalidateQueries({ queryKey: SIMULATIONS });
  const start = useMutation({ mutationFn: simulate, onSuccess: refresh });
  const count = Object.keys(changes).length;
  return (
    <Section
      title="What would this change do?"
      note={`${SIZE.accounts} made-up accounts, ${SIZE.days} days`}
      actions={
        <>
          <Segmented
            label="How strict the simulated platforms are"
            value={enforcement}
            options={PROFILES.map((value) => ({ value, label: value }))}
            onChange={setEnforcement}
          />
          <Button
            busy={start.isPending}
            disabled={disabled || (latest !== undefined && isUnderWay(latest))}
            onClick={() =>
              start.mutate({ ...SIZE, seed: "what-if", enforcement, numbers: count === 0 ? null : changes })
            }
          >
            {count === 0 ? "Simulate today's numbers" : "Simulate the change"}
          </Button>
        </>
      }
    >
      {start.error === null ? null : <ErrorNote error={start.error} />}
      {list.isError ? <ErrorNote error={list.error} /> : null}
      {latest === undefined ? (
        <p className="text-ink-2">
          The same pipeline runs on a virtual clock against the platform sandbox. What real platforms tolerate
          nobody publishes: read it as a comparison, not as a promise.
        </p>
      ) : (
        <Run one={latest} onCancelled={refresh} />
      )}
    </Section>
  );
}

function Run({ one, onCancelled }: { one: Simulation; onCancelled: () => void }) {
  const cancel = useMutation({
    mutationFn: cancelSimulation,
    onSuccess: onCancelled,
    onError: (error) => toastProblem("Not cancelled", error),
  });
  return (
    <div data-testid="simulation" data-status={one.status} className="flex flex-col gap-4">
      <p className="text-ink-3">
        Asked by {one.requested_by_name} <RelativeTime at={one.requested_at} form="words" />,{" "}
        {one.wanted.enforcement} platforms
      </p>
      {isUnderWay(one) ? (
        <div className="flex items-center gap-3">
          <Meter label="Progress of the simulation" value={one.progress} max={1} className="flex-1" />
          <span className="w-10 text-right">{Math.round(one.progress * 100)} %</span>
          <Button busy={cancel.isPending} onClick={() => cancel.mutate(one.id)}>
            Cancel
          </Button>
        </div>
      ) : null}
      {one.failure === null ? null : <p className="text-red-text">{one.failure}</p>}
      {one.status === "cancelled" ? <p className="text-ink-2">It was cancelled.</p> : null}
      {one.summary === null ? null : <Comparison today={one.summary.today} changed={one.summary.changed} />}
    </div>
  );
}
