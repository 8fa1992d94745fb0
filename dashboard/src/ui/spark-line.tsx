import { cx } from "@/lib/cx";

/** Points of a polyline in a box of width x height, oldest first; a flat series runs through the middle. */
export function linePoints(values: readonly number[], width: number, height: number): string {
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map((value, at) => {
      const y = span === 0 ? height / 2 : height - ((value - low) / span) * height;
      return `${(at * step).toFixed(2)},${y.toFixed(2)}`;
    })
    .join(" ");
}

export interface SparkLineProps {
  values: readonly number[];
  tone?: "accent" | "grey";
  className?: string;
}

/** A line without axes. Decorative: the figure stands beside it. */
export function SparkLine({ values, tone = "grey", className }: SparkLineProps) {
  return (
    <svg
      aria-hidden="true"
      viewBox="-1 -1 66 22"
      preserveAspectRatio="none"
      className={cx("h-5 w-16", className)}
    >
      {values.length < 2 ? null : (
        <polyline
          points={linePoints(values, 64, 20)}
          fill="none"
          strokeWidth="1.5"
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
          className={tone === "accent" ? "stroke-accent" : "stroke-ink-3"}
        />
      )}
    </svg>
  );
}
