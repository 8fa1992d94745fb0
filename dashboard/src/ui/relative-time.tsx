"use client";

import { useNow } from "@/lib/clock";
import { formatAge, formatInstant, formatRelative } from "@/lib/format";

export interface RelativeTimeProps {
  at: string;
  /** "age": 4m / in 3m. "words": 4 minutes ago. */
  form?: "age" | "words";
  /** Counts by the second. */
  precise?: boolean;
  className?: string;
}

/** An instant as an age that keeps itself right; the full instant is its tooltip. */
export function RelativeTime({ at, form = "age", precise = false, className }: RelativeTimeProps) {
  const beat = precise ? 1000 : 30_000;
  const tick = useNow(beat);
  // What happened since the last beat is not ahead of us.
  const ahead = Date.parse(at) - tick;
  const now = tick !== 0 && ahead > 0 && ahead < beat ? tick + ahead : tick;
  const text = now === 0 ? "" : form === "age" ? formatAge(at, now) : formatRelative(at, now);
  return (
    <time dateTime={at} title={now === 0 ? undefined : formatInstant(at)} className={className}>
      {text}
    </time>
  );
}
