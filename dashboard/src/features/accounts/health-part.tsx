"use client";

import { useQuery } from "@tanstack/react-query";
import type { AccountHealth } from "@/api/types/accounts";
import { AreaChart } from "@/ui/area-chart";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Light, LightChip } from "@/ui/light";
import { ACTION_NAME, LIGHT_NAME } from "@/lib/words";
import { Meter } from "@/ui/meter";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { Skeleton } from "@/ui/skeleton";
import { accountHealthQuery } from "./queries";

export function HealthPart({ id }: { id: string }) {
  const health = useQuery(accountHealthQuery(id));
  const { data } = health;
  return (
    <Section
      title="Health"
      note={
        data === undefined || data.as_of === null ? undefined : (
          <>
            measured <RelativeTime at={data.as_of} form="words" />
          </>
        )
      }
      actions={
        data === undefined ? undefined : <LightChip light={data.light} word={LIGHT_NAME[data.light]} />
      }
    >
      {data === undefined ? (
        health.isError ? (
          <ErrorState error={health.error} onRetry={() => void health.refetch()} />
        ) : (
          <Skeleton className="h-80 w-full" />
        )
      ) : data.score === null && data.parts.length === 0 ? (
        <EmptyState
          title="Not measured yet"
          text="The first measurement follows within a day of connecting the account."
        />
      ) : (
        <Health health={data} />
      )}
    </Section>
  );
}

const VERIFIED = {
  clear: { light: "green", word: "As claimed" },
  watching: { light: "yellow", word: "Watching" },
  suspect: { light: "red", word: "Paused" },
} as const;

/** Per kind: what official reads found of what was said to be done. */
function Verifications({ items }: { items: AccountHealth["verification"] }) {
  if (items.length === 0) return null;
  return (
    <div>
      <h3 className="mb-2 font-medium">Claimed against verified</h3>
      <ul aria-label="Claimed against verified" className="flex flex-col gap-2">
        {items.map((one) => (
          <li key={one.action_type} className="flex items-start gap-3">
            <Light {...VERIFIED[one.state]} className="mt-0.5 w-24 shrink-0" />
            <span className="min-w-0 flex-1">
              <span className="font-medium">{ACTION_NAME[one.action_type]}</span>{" "}
              <span className="text-ink-2">{one.sentence}</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Health({ health }: { health: AccountHealth }) {
  return (
    <div className="flex flex-col gap-5">
      <p className="flex items-baseline gap-2">
        {health.score === null ? (
          <span className="text-ink-2">Not enough data for a score yet.</span>
        ) : (
          <>
            <span className="text-2xl font-semibold tracking-tight">{health.score}</span>
            <span className="text-ink-3">of 100</span>
          </>
        )}
      </p>
      <ul aria-label="Parts of the score" className="flex flex-col gap-3.5">
        {health.parts.map((part) => (
          <li key={part.code} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1">
            <span className="font-medium">{part.label}</span>
            <span className="text-right">
              {part.value === null ? <span className="text-ink-3">no data</span> : part.value}
              <span className="ml-2 text-xs text-ink-3">weight {part.weight}</span>
            </span>
            <Meter
              label={part.label}
              value={part.value ?? 0}
              max={100}
              tone={
                part.value === null
                  ? "accent"
                  : part.value >= 80
                    ? "green"
                    : part.value >= 50
                      ? "yellow"
                      : "red"
              }
              className="col-span-2"
            />
            <span className="col-span-2 text-ink-2">{part.sentence}</span>
          </li>
        ))}
      </ul>
      <Verifications items={health.verification} />
      {health.history.length < 2 ? (
        <p className="text-ink-3">The history begins with the second day measured.</p>
      ) : (
        <div>
          <h3 className="mb-3 font-medium">History</h3>
          <AreaChart
            label="Health by day"
            name="Score"
            points={health.history.map(({ on, score }) => ({ on, value: score }))}
            height={110}
          />
        </div>
      )}
    </div>
  );
}
