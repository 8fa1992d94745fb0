import { cx } from "@/lib/cx";

/** Holds a place at the final size while something loads; give it width and height. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx("block animate-breathe rounded-sm bg-raised", className)} />;
}

/** Rows of the final height. Said once to screen readers, as "Loading". */
export function SkeletonRows({ rows, height = 44 }: { rows: number; height?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_unused, at) => (
        <div key={at} className="flex items-center gap-3 border-b px-4" style={{ height }}>
          <Skeleton className="size-6 rounded-full" />
          <Skeleton className="h-3 w-2/5" />
          <Skeleton className="ml-auto h-3 w-12" />
        </div>
      ))}
    </div>
  );
}
