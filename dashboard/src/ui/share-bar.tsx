import { cx } from "@/lib/cx";

export interface SharePart {
  label: string;
  value: number;
  tone: "green" | "yellow" | "red" | "accent" | "grey";
}

const TONES: Record<SharePart["tone"], string> = {
  green: "bg-green",
  yellow: "bg-yellow",
  red: "bg-red",
  accent: "bg-accent",
  grey: "bg-line-strong",
};

/** One bar split by value, as in "38 red, 127 yellow, 75 green". */
export function ShareBar({
  label,
  parts,
  className,
}: {
  label: string;
  parts: readonly SharePart[];
  className?: string;
}) {
  const shown = parts.filter((part) => part.value > 0);
  const words = parts.map((part) => `${part.value} ${part.label}`).join(", ");
  return (
    <div
      role="img"
      aria-label={`${label}: ${words}`}
      className={cx(
        "flex h-1.5 gap-0.5 overflow-hidden rounded-full",
        shown.length === 0 && "bg-line",
        className,
      )}
    >
      {shown.map((part) => (
        <span key={part.label} className={cx("min-w-1", TONES[part.tone])} style={{ flexGrow: part.value }} />
      ))}
    </div>
  );
}
