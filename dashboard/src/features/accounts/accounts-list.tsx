"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { useLiveRefresh } from "@/lib/live";
import { useWide } from "@/lib/use-wide";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorNote, ErrorState } from "@/ui/error-state";
import { SkeletonRows } from "@/ui/skeleton";
import { AccountCards } from "./account-cards";
import { AccountsTable } from "./accounts-table";
import { accountsQuery, type AccountFilter } from "./queries";

const EVENTS = ["account.", "health.", "stop.", "action.succeeded", "action.started"];

export function AccountsList({ filter }: { filter: AccountFilter }) {
  const wide = useWide();
  const list = useInfiniteQuery(accountsQuery(filter));
  useLiveRefresh(EVENTS, ["accounts", "list"], 5000);
  const items = list.data?.pages.flatMap((page) => page.items);
  if (items === undefined) {
    if (list.isError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
    return (
      <div className="md:pt-9">
        <SkeletonRows rows={8} />
      </div>
    );
  }
  if (items.length === 0) {
    const searched = filter.q !== "" || filter.platform !== "";
    return (
      <EmptyState
        icon={<UsersRound aria-hidden="true" className="size-6" />}
        title={searched ? "No account matches" : "No account yet"}
        text={
          searched
            ? "Try another name, handle or platform."
            : "Press “Add account” above. Nothing is sent before you connect it and approve."
        }
      />
    );
  }
  return (
    <>
      {list.isError ? (
        <div className="px-4 py-2">
          <ErrorNote error={list.error} />
        </div>
      ) : null}
      {wide ? <AccountsTable items={items} /> : <AccountCards items={items} />}
      {list.hasNextPage ? (
        <div className="flex justify-center border-t p-3">
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </>
  );
}
