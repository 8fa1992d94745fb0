import { Skeleton, SkeletonRows } from "@/ui/skeleton";

/** The shape of the figures, chart and table at their final height. */
export function FiguresSkeleton() {
  return (
    <div className="grid grid-cols-2 border-b lg:grid-cols-5">
      {Array.from({ length: 5 }, (_unused, at) => (
        <div key={at} className="flex h-[92px] flex-col gap-2.5 border-r px-4 py-3.5 last:border-r-0">
          <Skeleton className="h-3 w-20" />
          <Skeleton className="h-5 w-24" />
          <Skeleton className="h-3 w-28" />
        </div>
      ))}
    </div>
  );
}

export function OverviewSkeleton() {
  return (
    <div>
      <FiguresSkeleton />
      <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="xl:border-r">
          <div className="h-[268px] border-b px-4 py-3">
            <Skeleton className="h-3 w-24" />
            <Skeleton className="mt-6 h-[190px] w-full" />
          </div>
          <div className="h-20" />
          <SkeletonRows rows={8} />
        </div>
        <div className="flex flex-col gap-4 p-4 max-xl:hidden">
          <Skeleton className="h-24 w-full" />
          <Skeleton className="h-40 w-full" />
          <Skeleton className="h-56 w-full" />
        </div>
      </div>
    </div>
  );
}
