"use client";

import { useQuery } from "@tanstack/react-query";
import type { PlatformHealth } from "@/api/types/system";
import { formatMs, formatShare } from "@/lib/format";
import { LIGHT_NAME, PLATFORM_NAME } from "@/lib/words";
import { ErrorState } from "@/ui/error-state";
import { HealthStrip } from "@/ui/health-strip";
import { LightChip } from "@/ui/light";
import { PlatformMark } from "@/ui/platform-mark";
import { Section } from "@/ui/section";
import { Skeleton } from "@/ui/skeleton";
import { platformHealthQuery } from "./queries";

function Row({ entry }: { entry: PlatformHealth["platforms"][number] }) {
  const name = PLATFORM_NAME[entry.platform];
  return (
    <li
      className="border-b px-4 py-3 last:border-b-0"
      data-testid="platform-health"
      data-platform={entry.platform}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <PlatformMark platform={entry.platform} named />
        <h3 className="font-medium">{name}</h3>
        <LightChip light={entry.light} word={LIGHT_NAME[entry.light]} />
        <dl className="ml-auto flex gap-4 text-ink-2">
          <div className="flex gap-1.5">
            <dt className="text-ink-3">answers in</dt>
            <dd>{formatMs(entry.latency_ms)}</dd>
          </div>
          <div className="flex gap-1.5">
            <dt className="text-ink-3">failed</dt>
            <dd>{formatShare(entry.error_rate)}</dd>
          </div>
        </dl>
      </div>
      <p className="mt-1.5 mb-2 text-ink-2">{entry.sentence}</p>
      {entry.quota === null ? null : (
        <p className="mb-2 text-ink-3" data-testid="quota">
          {entry.quota.remaining.toLocaleString("en")} of {entry.quota.limit.toLocaleString("en")} calls left
          for @{entry.quota.username} at <code>{entry.quota.endpoint}</code>
        </p>
      )}
      <HealthStrip label={`${name}, 24 hours`} buckets={entry.buckets} />
      <p aria-hidden="true" className="mt-1 flex justify-between text-xs text-ink-3">
        <span>24 h ago</span>
        <span>now</span>
      </p>
    </li>
  );
}

export function PlatformsPart() {
  const health = useQuery(platformHealthQuery);
  const platforms = health.data?.platforms;
  return (
    <Section title="Platforms" note="48 half-hours; a tall bar is one with failures" flush>
      {platforms === undefined ? (
        health.isError ? (
          <ErrorState error={health.error} onRetry={() => void health.refetch()} />
        ) : (
          <div className="p-4">
            <Skeleton className="h-72 w-full" />
          </div>
        )
      ) : platforms.length === 0 ? (
        <p className="px-4 pb-4 text-ink-3">No platform has been called yet.</p>
      ) : (
        <ul aria-label="Platforms">
          {platforms.map((entry) => (
            <Row key={entry.platform} entry={entry} />
          ))}
        </ul>
      )}
    </Section>
  );
}
