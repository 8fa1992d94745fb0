import { cx } from "@/lib/cx";

export interface MeterProps {
  label: string;
  value: number;
  max: number;
  tone?: "accent" | "green" | "yellow" | "red";
  /** Splits the bar into equal pieces, as for a programme's stages. */
  pieces?: number;
  className?: string;
}

const TONES = { accent: "bg-accent", green: "bg-green", yellow: "bg-yellow", red: "bg-red" } as const;

/** How much of something is used. */
export function Meter({ label, value, max, tone = "accent", pieces = 1, className }: MeterProps) {
  const share = max <= 0 ? 0 : Math.min(1, Math.max(0, value / max));
  return (
    <span
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(max, Math.max(0, value))}
      className={cx("flex h-1 gap-1", className)}
    >
      {Array.from({ length: pieces }, (_unused, at) => (
        <span key={at} className="h-full flex-1 overflow-hidden rounded-full bg-line">
          <span
            className={cx("block h-full rounded-full", TONES[tone])}
            style={{ width: `${Math.min(1, Math.max(0, share * pieces - at)) * 100}%` }}
          />
        </span>
      ))}
    </span>
  );
}
