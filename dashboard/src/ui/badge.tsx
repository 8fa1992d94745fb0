import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

export type BadgeTone = "neutral" | "accent" | "green" | "yellow" | "red";

const TONES: Record<BadgeTone, string> = {
  neutral: "bg-raised text-ink-2",
  accent: "bg-accent-soft text-accent-text",
  green: "bg-green-soft text-green-text",
  yellow: "bg-yellow-soft text-yellow-text",
  red: "bg-red-soft text-red-text",
};

export function Badge({ tone = "neutral", className, children }: BadgeProps) {
  return (
    <span
      className={cx(
        "inline-flex h-5 shrink-0 items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap",
        TONES[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

export interface BadgeProps {
  tone?: BadgeTone;
  className?: string;
  children: ReactNode;
}
