import { Skeleton } from "@/ui/skeleton";

/** Keeps the user menu's room until it and the profile are here. */
export function UserMenuPlace() {
  return (
    <div className="flex h-11 items-center gap-2 px-2">
      <Skeleton className="size-6 rounded-full" />
      <Skeleton className="h-3 w-24" />
    </div>
  );
}
