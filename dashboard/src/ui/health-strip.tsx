import { cx } from "@/lib/cx";

export interface HealthBucket {
  at: string;
  ok: number;
  failed: number;
}

type Mark = "none" | "fine" | "some" | "bad";

/** A bucket is bad from a tenth failed on, "some" below that, and silent with nothing in it. */
export function markOf({ ok, failed }: Pick<HealthBucket, "ok" | "failed">): Mark {
  const all = ok + failed;
  if (all === 0) return "none";
  if (failed === 0) return "fine";
  return failed / all >= 0.1 ? "bad" : "some";
}

const LOOK: Record<Mark, string> = {
  none: "h-1.5 bg-line",
  fine: "h-1.5 bg-green/70",
  some: "h-2 bg-second",
  bad: "h-2.5 bg-yellow",
};

/** Small bars, oldest first: colour and height both say how it went. */
export function HealthStrip({
  label,
  buckets,
  className,
}: {
  label: string;
  buckets: readonly HealthBucket[];
  className?: string;
}) {
  const bad = buckets.filter((bucket) => markOf(bucket) === "bad").length;
  const some = buckets.filter((bucket) => markOf(bucket) === "some").length;
  return (
    <div
      role="img"
      aria-label={`${label}: ${buckets.length} spans, ${bad} with many failures, ${some} with a few`}
      className={cx("flex h-2.5 items-end gap-px", className)}
    >
      {buckets.map((bucket) => (
        <span key={bucket.at} className={cx("min-w-px flex-1", LOOK[markOf(bucket)])} />
      ))}
    </div>
  );
}
