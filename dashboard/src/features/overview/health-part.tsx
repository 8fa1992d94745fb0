"use client";

import { useQuery } from "@tanstack/react-query";
import { cx } from "@/lib/cx";
import { formatMs, formatShare } from "@/lib/format";
import { PLATFORM_NAME } from "@/lib/words";
import { ErrorNote } from "@/ui/error-state";
import { HealthStrip } from "@/ui/health-strip";
import { Light } from "@/ui/light";
import { Link } from "@/ui/link";
import { Section } from "@/ui/section";
import { Skeleton } from "@/ui/skeleton";
import { platformHealthQuery } from "./queries";

export function HealthPart() {
  const health = useQuery(platformHealthQuery);
  const platforms = health.data?.platforms;
  return (
    <Section
      title="Platform health"
      actions={
        <Link href="/monitoring/" className="text-ink-2 hover:text-ink">
          24 hours
        </Link>
      }
    >
      {platforms === undefined ? (
        health.isError ? (
          <ErrorNote error={health.error} />
        ) : (
          <Skeleton className="h-[116px] w-full" />
        )
      ) : platforms.length === 0 ? (
        <p className="text-ink-3">No platform has been called yet.</p>
      ) : (
        <ul className="flex flex-col gap-2.5">
          {platforms.map((entry) => (
            <li key={entry.platform}>
              <span className="mb-1 flex items-center gap-2">
                <Light light={entry.light} word={PLATFORM_NAME[entry.platform]} className="mr-auto" />
                <span className="text-ink-2">{formatMs(entry.latency_ms)}</span>
                <span
                  className={cx(
                    "w-11 text-right",
                    entry.light === "green" ? "text-ink-3" : "font-medium text-yellow-text",
                  )}
                >
                  <span className="sr-only">failed </span>
                  {formatShare(entry.error_rate)}
                </span>
              </span>
              <HealthStrip label={`${PLATFORM_NAME[entry.platform]}, 24 hours`} buckets={entry.buckets} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
