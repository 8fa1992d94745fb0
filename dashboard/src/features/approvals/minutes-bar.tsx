"use client";

import { useQuery } from "@tanstack/react-query";
import { formatCount } from "@/lib/format";
import { Button } from "@/ui/button";
import { Meter } from "@/ui/meter";
import { attentionQuery } from "./queries";

/** How long the queue takes, what today's minutes hold of it, and the way to the rest. */
export function MinutesBar({
  deferred,
  onDeferred,
}: {
  deferred: boolean;
  onDeferred: (shown: boolean) => void;
}) {
  const { data } = useQuery(attentionQuery);
  if (data === undefined || (data.planned === 0 && data.deferred === 0)) return null;
  const budget = data.minutes_a_day;
  const minutes =
    data.minutes_planned < 1 ? "under a minute" : `about ${Math.round(data.minutes_planned)} minutes`;
  return (
    <div
      className="flex shrink-0 items-center gap-3 border-b px-3 py-1.5 text-xs text-ink-3"
      data-testid="minutes"
    >
      <span className="min-w-0 flex-1 truncate">
        {deferred ? `${formatCount(data.deferred)} wait for tomorrow's minutes` : `${minutes} to decide`}
        {budget === 0 ? "" : `, ${Math.round(data.minutes_used)} of ${budget} minutes used today`}
      </span>
      {budget === 0 ? null : (
        <Meter label="Minutes used today" value={data.minutes_used} max={budget} className="w-16" />
      )}
      {data.deferred === 0 && !deferred ? null : (
        <Button aria-pressed={deferred} onClick={() => onDeferred(!deferred)}>
          {deferred ? "Back to today" : `Deferred ${formatCount(data.deferred)}`}
        </Button>
      )}
    </div>
  );
}
