import type { Platform } from "@/api/types/common";
import { cx } from "@/lib/cx";
import { PLATFORM_NAME } from "@/lib/words";

const GLYPH: Record<Platform, string> = { tiktok: "tt", instagram: "ig", twitter: "x" };

export interface PlatformMarkProps {
  platform: Platform;
  /** The name stands beside it: hide the mark from screen readers. */
  named?: boolean;
  className?: string;
}

/** Letters in a small square; never a company's artwork. */
export function PlatformMark({ platform, named = false, className }: PlatformMarkProps) {
  return (
    <span
      {...(named
        ? { "aria-hidden": true }
        : { role: "img", "aria-label": PLATFORM_NAME[platform], title: PLATFORM_NAME[platform] })}
      className={cx(
        "inline-flex size-[18px] shrink-0 items-center justify-center rounded-sm border border-line-strong bg-raised text-[10px] leading-none font-semibold text-ink-2",
        className,
      )}
    >
      {GLYPH[platform]}
    </span>
  );
}
