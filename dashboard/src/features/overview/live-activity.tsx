"use client";

import { useQuery } from "@tanstack/react-query";
import { Activity, ChevronRight } from "lucide-react";
import type { LiveEvent } from "@/api/types/system";
import { ErrorNote } from "@/ui/error-state";
import { Link } from "@/ui/link";
import { PlatformMark } from "@/ui/platform-mark";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { Skeleton } from "@/ui/skeleton";
import { activityLine } from "./activity-words";
import { EVENTS_SHOWN, recentActivityQuery } from "./queries";

function Line({ event }: { event: LiveEvent }) {
  const { platform, who, what } = activityLine(event);
  return (
    <li className="flex h-7 items-center gap-2.5" title={event.sentence} data-testid="activity-line">
      {platform === null ? (
        <Activity aria-hidden="true" className="size-[18px] shrink-0 p-0.5 text-ink-3" />
      ) : (
        <PlatformMark platform={platform} />
      )}
      <span className="min-w-0 flex-1 truncate text-ink-2">
        {who === null ? null : <span className="font-medium text-ink">{who} </span>}
        {what}
      </span>
      <RelativeTime at={event.at} precise className="shrink-0 text-ink-3" />
    </li>
  );
}

/** The newest events on top, as they happen. Not a live region: the shell announces what matters. */
export function LiveActivity() {
  const activity = useQuery(recentActivityQuery);
  const items = activity.data?.items;
  return (
    <Section
      title="Live activity"
      actions={
        <Link href="/activity/" className="inline-flex items-center gap-1 text-ink-2 hover:text-ink">
          All <span className="sr-only">activity</span>
          <ChevronRight aria-hidden="true" className="size-3.5" />
        </Link>
      }
    >
      <div style={{ minHeight: EVENTS_SHOWN * 28 }}>
        {items === undefined ? (
          activity.isError ? (
            <ErrorNote error={activity.error} />
          ) : (
            <Skeleton className="h-56 w-full" />
          )
        ) : items.length === 0 ? (
          <p className="text-ink-3">
            Nothing has happened yet. What SocialSeed does shows here as it happens.
          </p>
        ) : (
          <ul>
            {items.map((event) => (
              <Line key={event.seq} event={event} />
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}
