"use client";

import { useId, useState, type KeyboardEvent, type PointerEvent } from "react";
import { cx } from "@/lib/cx";
import { formatCompact, formatCount, formatDay } from "@/lib/format";
import { ChartCursor, ChartTable } from "./chart-parts";
import { scaleOf, spread } from "./chart-scale";

export interface ChartPoint {
  on: string;
  value: number;
}

export interface AreaChartProps {
  label: string;
  points: readonly ChartPoint[];
  name: string;
  /** The second series, grey and dashed, aligned by position. */
  previous?: readonly ChartPoint[];
  previousName?: string;
  /** Start the axis near the lowest value, as for followers. */
  fromLow?: boolean;
  format?: (value: number) => string;
  /** Height of the drawing in pixels. */
  height?: number;
}

const W = 1000;

function pathOf(values: readonly number[], low: number, high: number, height: number): string {
  const step = values.length > 1 ? W / (values.length - 1) : 0;
  const span = high - low || 1;
  return values
    .map(
      (value, at) =>
        `${at === 0 ? "M" : "L"}${(at * step).toFixed(1)} ${(height - ((value - low) / span) * height).toFixed(1)}`,
    )
    .join("");
}

/** A line over an area. Arrow keys, Home and End move a cursor that is read out; a table holds every value. */
export function AreaChart({
  label,
  points,
  name,
  previous = [],
  previousName = "Previous",
  fromLow = false,
  format = formatCount,
  height = 180,
}: AreaChartProps) {
  const id = useId();
  const [at, setAt] = useState<number | null>(null);
  const values = points.map((point) => point.value);
  const before = previous.map((point) => point.value);
  const { low, high, marks } = scaleOf([...values, ...before], fromLow);
  const last = points.length - 1;
  const line = pathOf(values, low, high, height);
  const percent = (index: number) => (last <= 0 ? 0 : (index / last) * 100);
  const shown = at === null ? undefined : points[at];

  function textAt(index: number): string {
    const point = points[index];
    if (point === undefined) return "No data";
    const earlier = before[index];
    const tail = earlier === undefined ? "" : `, ${previousName} ${format(earlier)}`;
    return `${formatDay(point.on)}: ${name} ${format(point.value)}${tail}`;
  }

  function move(event: KeyboardEvent) {
    const from = at ?? last;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setAt(Math.min(last, Math.max(0, to)));
  }

  function point(event: PointerEvent<HTMLDivElement>) {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(Math.min(last, Math.max(0, Math.round(((event.clientX - box.left) / box.width) * last))));
  }

  return (
    <figure className="min-w-0">
      <div className="relative pl-10" style={{ height }}>
        {marks.map((mark) => (
          <span
            key={mark}
            aria-hidden="true"
            className="absolute inset-x-0 flex -translate-y-1/2 items-center gap-2 text-xs text-ink-3"
            style={{ top: `${100 - ((mark - low) / (high - low || 1)) * 100}%` }}
          >
            <span className="w-8 text-right">{formatCompact(mark)}</span>
            <span className={cx("flex-1 border-t", mark !== low && "border-dashed")} />
          </span>
        ))}
        <div
          role="slider"
          tabIndex={0}
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, last)}
          aria-valuenow={at ?? Math.max(0, last)}
          aria-valuetext={textAt(at ?? last)}
          onKeyDown={move}
          onFocus={() => setAt((now) => now ?? last)}
          onBlur={() => setAt(null)}
          onPointerMove={point}
          onPointerLeave={() => setAt(null)}
          className="relative size-full"
        >
          <svg
            viewBox={`0 0 ${W} ${height}`}
            preserveAspectRatio="none"
            className="absolute inset-0 size-full overflow-visible"
            aria-hidden="true"
          >
            <defs>
              <linearGradient id={id} x1="0" y1="0" x2="0" y2="1">
                <stop offset="0" stopColor="var(--accent)" stopOpacity="0.22" />
                <stop offset="1" stopColor="var(--accent)" stopOpacity="0" />
              </linearGradient>
            </defs>
            {values.length < 2 ? null : (
              <>
                <path d={`${line}L${W} ${height}L0 ${height}Z`} fill={`url(#${id})`} />
                <path
                  d={line}
                  fill="none"
                  className="stroke-accent"
                  strokeWidth="1.75"
                  strokeLinejoin="round"
                  vectorEffect="non-scaling-stroke"
                />
              </>
            )}
            {before.length < 2 ? null : (
              <path
                d={pathOf(before, low, high, height)}
                fill="none"
                className="stroke-second"
                strokeWidth="1.25"
                strokeDasharray="4 3"
                vectorEffect="non-scaling-stroke"
              />
            )}
          </svg>
          {at === null || shown === undefined ? null : (
            <ChartCursor
              text={textAt(at)}
              left={percent(at)}
              top={100 - ((shown.value - low) / (high - low || 1)) * 100}
            />
          )}
        </div>
      </div>
      <div aria-hidden="true" className="relative mt-2 ml-10 h-4 text-xs text-ink-3">
        {spread(points.length, 8).map((index, order, all) => (
          <span
            key={index}
            className={cx(
              "absolute whitespace-nowrap",
              index === last ? "-translate-x-full" : index > 0 && "-translate-x-1/2",
              (all.length - 1 - order) % 3 !== 0 && "max-md:hidden",
            )}
            style={{ left: `${percent(index)}%` }}
          >
            {formatDay(points[index]?.on ?? "")}
          </span>
        ))}
      </div>
      <ChartTable
        label={label}
        rows={points.map((each, index) => [
          each.on,
          format(each.value),
          before[index] === undefined ? "" : format(before[index]),
        ])}
        heads={["Day", name, ...(before.length > 0 ? [previousName] : [])]}
      />
    </figure>
  );
}
