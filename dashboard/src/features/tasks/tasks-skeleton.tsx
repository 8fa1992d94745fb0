import { Skeleton } from "@/ui/skeleton";

export function TasksSkeleton() {
  return (
    <div role="status" aria-label="Loading tasks" className="flex min-h-0 flex-1">
      <div className="w-[440px] shrink-0 overflow-hidden border-r max-lg:w-[340px] max-md:hidden">
        {Array.from({ length: 10 }, (_unused, at) => (
          <div key={at} className="flex h-[69px] flex-col justify-center gap-3 border-b px-4">
            <Skeleton className="h-3 w-2/5" />
            <Skeleton className="h-3 w-4/5" />
          </div>
        ))}
      </div>
      <div className="flex min-w-0 flex-1 flex-col gap-4 px-4 py-5 md:px-7">
        <Skeleton className="h-[22px] w-64" />
        <Skeleton className="h-7 w-80 max-w-full" />
        <Skeleton className="h-20 w-full" />
        <Skeleton className="h-9 w-44" />
      </div>
    </div>
  );
}
