import type { LightColour } from "@/api/types/common";
import { cx } from "@/lib/cx";
import { LIGHT_NAME, RISK_NAME } from "@/lib/words";

/** The traffic light: silhouette, glyph, word and colour, so that it never rests on colour alone. */
const FILL: Record<LightColour, string> = { green: "text-green", yellow: "text-yellow", red: "text-red" };

const SIZE = { sm: "size-3.5", md: "size-4", lg: "size-5" } as const;

export type LightSize = keyof typeof SIZE;

function Shape({ light }: { light: LightColour }) {
  const glyph = {
    fill: "none",
    strokeWidth: 1.9,
    className: "stroke-surface",
    strokeLinecap: "round",
  } as const;
  if (light === "green") {
    return (
      <>
        <circle cx="8" cy="8" r="7" fill="currentColor" />
        <path d="M5 8.3l2.1 2.1L11 6.1" {...glyph} strokeLinejoin="round" />
      </>
    );
  }
  if (light === "yellow") {
    return (
      <>
        <path
          d="M8 1.6l6.6 12a.6.6 0 0 1-.5.9H1.9a.6.6 0 0 1-.5-.9z"
          fill="currentColor"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeLinejoin="round"
        />
        <path d="M8 6v3.4M8 12v.1" {...glyph} />
      </>
    );
  }
  return (
    <>
      <rect x="1.4" y="1.4" width="13.2" height="13.2" rx="3" fill="currentColor" />
      <path d="M5.5 5.5l5 5M10.5 5.5l-5 5" {...glyph} />
    </>
  );
}

export interface LightProps {
  light: LightColour;
  size?: LightSize;
  /** The word beside it; left out or null, the word is for screen readers only. */
  word?: string | null;
  className?: string;
}

export function Light({ light, size = "sm", word = null, className }: LightProps) {
  return (
    <span data-light={light} className={cx("inline-flex items-center gap-1.5 whitespace-nowrap", className)}>
      <svg
        viewBox="0 0 16 16"
        className={cx("shrink-0", SIZE[size], FILL[light])}
        {...(word === null ? { role: "img", "aria-label": LIGHT_NAME[light] } : { "aria-hidden": true })}
      >
        <Shape light={light} />
      </svg>
      {word === null ? null : <span>{word}</span>}
    </span>
  );
}

const CHIP: Record<LightColour, string> = {
  green: "bg-green-soft text-green-text border-green/40",
  yellow: "bg-yellow-soft text-yellow-text border-yellow/50",
  red: "bg-red-soft text-red-text border-red-line",
};

export interface LightChipProps {
  light: LightColour;
  score?: number | null;
  word?: string;
}

/** The light with its word and score, as in "High risk | 82". */
export function LightChip({ light, score = null, word = RISK_NAME[light] }: LightChipProps) {
  return (
    <span
      className={cx(
        "inline-flex h-[22px] items-center gap-1.5 rounded-md border px-1.5 text-sm font-medium",
        CHIP[light],
      )}
    >
      <Light light={light} word={word} />
      {score === null ? null : (
        <span className="border-l border-current/30 pl-1.5">
          <span className="sr-only">score </span>
          {score}
        </span>
      )}
    </span>
  );
}
