import { cx } from "@/lib/cx";

export interface ScoreBarProps {
  /** 0 to 100. */
  score: number;
  /** Where yellow and red begin. */
  yellowFrom?: number;
  redFrom?: number;
  /** Words under the bands. */
  words?: readonly [string, string, string];
  label?: string;
  className?: string;
}

/** A scale of 0 to 100 in three bands, with a mark at the score. */
export function ScoreBar({
  score,
  yellowFrom = 25,
  redFrom = 60,
  words = ["Low", "Medium", "High"],
  label = "Risk score",
  className,
}: ScoreBarProps) {
  const at = Math.min(100, Math.max(0, score));
  const word = at >= redFrom ? words[2] : at >= yellowFrom ? words[1] : words[0];
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={at}
      aria-valuetext={`${at} of 100, ${word}`}
      className={cx("min-w-0", className)}
    >
      <div className="relative flex h-1.5 gap-0.5" aria-hidden="true">
        <span className="rounded-l-full bg-green/80" style={{ width: `${yellowFrom}%` }} />
        <span className="bg-yellow/80" style={{ width: `${redFrom - yellowFrom}%` }} />
        <span className="flex-1 rounded-r-full bg-red/80" />
        <span
          className="absolute -top-[3px] h-3 w-[3px] -translate-x-1/2 rounded-full bg-ink ring-2 ring-surface"
          style={{ left: `${at}%` }}
        />
      </div>
      <div className="relative mt-2 h-4 text-xs text-ink-3" aria-hidden="true">
        <span className="absolute left-0">{words[0]}</span>
        <span className="absolute" style={{ left: `${yellowFrom}%` }}>
          {words[1]} {yellowFrom}
        </span>
        <span className="absolute" style={{ left: `${redFrom}%` }}>
          {words[2]} {redFrom}
        </span>
      </div>
    </div>
  );
}
