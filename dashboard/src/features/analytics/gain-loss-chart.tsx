"use client";

import { useState, type KeyboardEvent } from "react";
import { cx } from "@/lib/cx";
import { formatCount, formatDay } from "@/lib/format";
import { ChartTable } from "@/ui/chart-parts";
import { spread } from "@/ui/chart-scale";

export interface GainLossDay {
  on: string;
  gained: number;
  lost: number;
}

function textOf(day: GainLossDay | undefined): string {
  if (day === undefined) return "No data";
  return `${formatDay(day.on)}: ${formatCount(day.gained)} gained, ${formatCount(day.lost)} lost`;
}

/** Bars up for gained and, hatched by their grey, down for lost. The same keys as the other charts. */
export function GainLossChart({ days }: { days: readonly GainLossDay[] }) {
  const [at, setAt] = useState<number | null>(null);
  const last = days.length - 1;
  const up = Math.max(1, ...days.map((day) => day.gained));
  const down = Math.max(1, ...days.map((day) => day.lost));
  const zero = (up / (up + down)) * 100;

  function move(event: KeyboardEvent) {
    const from = at ?? last;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setAt(Math.min(last, Math.max(0, to)));
  }

  return (
    <figure className="min-w-0">
      <div className="relative pl-10" style={{ height: 180 }}>
        <span aria-hidden="true" className="absolute top-0 left-0 w-8 text-right text-xs text-ink-3">
          {formatCount(up)}
        </span>
        <span aria-hidden="true" className="absolute bottom-0 left-0 w-8 text-right text-xs text-ink-3">
          −{formatCount(down)}
        </span>
        <div
          role="slider"
          tabIndex={0}
          aria-label="Followers gained and lost by day"
          aria-valuemin={0}
          aria-valuemax={Math.max(0, last)}
          aria-valuenow={at ?? Math.max(0, last)}
          aria-valuetext={textOf(days[at ?? last])}
          onKeyDown={move}
          onFocus={() => setAt((now) => now ?? last)}
          onBlur={() => setAt(null)}
          onPointerLeave={() => setAt(null)}
          className="relative flex size-full gap-px"
        >
          <span className="absolute inset-x-0 border-t border-line-strong" style={{ top: `${zero}%` }} />
          {days.map((day, index) => (
            <span
              key={day.on}
              onPointerEnter={() => setAt(index)}
              className={cx("relative h-full min-w-0 flex-1", at === index && "bg-raised")}
            >
              <span
                className="absolute inset-x-[15%] rounded-t-[2px] bg-accent"
                style={{ bottom: `${100 - zero}%`, height: `${(day.gained / up) * zero}%` }}
              />
              <span
                className="absolute inset-x-[15%] rounded-b-[2px] border border-t-0 border-second bg-second/35"
                style={{ top: `${zero}%`, height: `${(day.lost / down) * (100 - zero)}%` }}
              />
            </span>
          ))}
          {at === null ? null : (
            <span
              aria-hidden="true"
              className={cx(
                "pointer-events-none absolute top-0 z-10 rounded-md border border-line-strong bg-surface px-2 py-1 text-xs whitespace-nowrap shadow",
                at > last / 2 && "-translate-x-full",
              )}
              style={{ left: `${(at / Math.max(1, last)) * 100}%` }}
            >
              {textOf(days[at])}
            </span>
          )}
        </div>
      </div>
      <div aria-hidden="true" className="relative mt-2 ml-10 h-4 text-xs text-ink-3">
        {spread(days.length, 5).map((index, order) => (
          <span
            key={index}
            className={cx(
              "absolute whitespace-nowrap",
              index === last ? "-translate-x-full" : index > 0 && "-translate-x-1/2",
              order % 2 === 1 && index !== last && "max-md:hidden",
            )}
            style={{ left: `${(index / Math.max(1, last)) * 100}%` }}
          >
            {formatDay(days[index]?.on ?? "")}
          </span>
        ))}
      </div>
      <ChartTable
        label="Followers gained and lost by day"
        heads={["Day", "Gained", "Lost"]}
        rows={days.map((day) => [day.on, formatCount(day.gained), formatCount(day.lost)])}
      />
    </figure>
  );
}
