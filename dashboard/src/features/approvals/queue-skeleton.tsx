import { Skeleton } from "@/ui/skeleton";

/** Rows of the final height, for the list alone. */
export function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading approvals">
      {Array.from({ length: 12 }, (_unused, at) => (
        <div key={at} className="flex h-[68px] flex-col justify-center gap-3 border-b pr-4 pl-10">
          <Skeleton className="h-3 w-2/5" />
          <Skeleton className="h-3 w-11/12" />
        </div>
      ))}
    </div>
  );
}

export function DetailSkeleton() {
  return (
    <div aria-hidden="true" className="flex flex-col gap-4 px-4 py-5 md:px-7">
      <Skeleton className="h-[22px] w-72" />
      <Skeleton className="h-20 w-full" />
      <Skeleton className="h-28 w-full" />
      <Skeleton className="h-40 w-full" />
    </div>
  );
}

/** The whole page before its code has arrived. */
export function QueueSkeleton() {
  return (
    <div className="flex min-h-0 flex-1">
      <div className="w-[440px] shrink-0 overflow-hidden border-r max-lg:w-[340px] max-md:hidden">
        <div className="h-[42px] border-b" />
        <ListSkeleton />
      </div>
      <div className="min-w-0 flex-1">
        <DetailSkeleton />
      </div>
    </div>
  );
}
