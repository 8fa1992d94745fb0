"use client";

import { useInfiniteQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Action } from "@/api/types/actions";
import type { ActionStatus, Page } from "@/api/types/common";
import type { LiveEvent } from "@/api/types/system";
import { useLiveEvents, useLiveRefresh } from "@/lib/live";
import { STATUS_NAME } from "@/lib/words";
import { HISTORY, historyQuery, type HistoryFilter } from "./queries";

type Pages = InfiniteData<Page<Action>>;
const EVENTS = ["action."];
const REREAD_MS = 4000;

/** What an event says about a row that is on screen; the rest follows with the next read. */
export function patched(row: Action, event: Pick<LiveEvent, "type" | "data">): Action {
  const { status, light } = event.data;
  return {
    ...row,
    ...(typeof status === "string" && status in STATUS_NAME ? { status: status as ActionStatus } : {}),
    ...(light === "green" || light === "yellow" || light === "red" ? { light: light } : {}),
    ...(event.type === "action.verified" ? { verified: true } : {}),
  };
}

export function useHistory(filter: HistoryFilter) {
  const client = useQueryClient();
  const query = useInfiniteQuery(historyQuery(filter));
  useLiveRefresh(EVENTS, HISTORY, REREAD_MS);
  useLiveEvents(EVENTS, (event) => {
    client.setQueriesData<Pages>({ queryKey: HISTORY }, (pages) =>
      pages?.pages.some((page) => page.items.some((row) => row.id === event.action_id)) === true
        ? {
            ...pages,
            pages: pages.pages.map((page) => ({
              ...page,
              items: page.items.map((row) => (row.id === event.action_id ? patched(row, event) : row)),
            })),
          }
        : pages,
    );
  });
  const rows = useMemo(() => {
    const byId = new Map((query.data?.pages ?? []).flatMap((page) => page.items).map((row) => [row.id, row]));
    return [...byId.values()];
  }, [query.data]);
  return {
    rows,
    loading: query.isPending,
    error: query.isError && query.data === undefined ? query.error : null,
    moreFailed: query.isFetchNextPageError,
    retry: () => void query.refetch(),
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    more: () => {
      if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
    },
  };
}
