import type { LiveStatus } from "@/api/live-state";
import { cx } from "@/lib/cx";

const WORDS: Record<LiveStatus, string> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  offline: "Offline",
};

const DOT: Record<LiveStatus, string> = {
  connecting: "border-2 border-control",
  live: "bg-green",
  reconnecting: "border-2 border-yellow animate-breathe",
  offline: "rounded-none! bg-red",
};

export function LiveState({ status }: { status: LiveStatus }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-ink-2" data-live={status}>
      <span aria-hidden="true" className={cx("size-2 rounded-full", DOT[status])} />
      {WORDS[status]}
    </span>
  );
}
