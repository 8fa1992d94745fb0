"use client";

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import type { Action } from "@/api/types/actions";
import type { LiveEvent } from "@/api/types/system";
import { useNow } from "@/lib/clock";
import { useLiveEvents, useLiveRefresh } from "@/lib/live";
import { approvalsSummaryQuery } from "@/lib/shared-queries";
import { rowsOf } from "./pages";
import { PENDING, pendingQuery, type QueueFilter } from "./queries";
import { dropRows } from "./queue-cache";

const COMING = ["action.proposed", "action.assessed", "action.edited", "action.undone"];

export interface Queue {
  rows: readonly Action[];
  /** How many wait in all, by what the server counted; null while unknown. */
  total: number | null;
  loading: boolean;
  error: unknown;
  retry: () => void;
  more: () => void;
  hasMore: boolean;
  loadingMore: boolean;
}

/** Ids that were decided here and until when they stay out of sight, in milliseconds since the epoch. */
export type Hidden = ReadonlyMap<string, number>;

export interface QueueEvents {
  /** Decided, expired or put off, here or by somebody else. */
  left: (id: string, sentence: string) => void;
  back: (id: string) => void;
}

export function leavesQueue(event: Pick<LiveEvent, "type" | "data">): boolean {
  if (event.type === "action.snoozed") return true;
  const status = event.data["status"];
  return typeof status === "string" && status !== "awaiting_approval";
}

/** The rows that wait, without those just decided, kept fresh by the live feed. */
export function useQueue(filter: QueueFilter, hidden: Hidden, onEvent: QueueEvents): Queue {
  const client = useQueryClient();
  const query = useInfiniteQuery(pendingQuery(filter));
  const summary = useQuery(approvalsSummaryQuery);
  const now = useNow();
  const rows = useMemo(
    () => rowsOf(query.data).filter((row) => (hidden.get(row.id) ?? 0) <= now),
    [query.data, hidden, now],
  );
  const asked = useRef("");

  useLiveRefresh(COMING, PENDING, 2000);
  useLiveEvents(["action."], (event) => {
    if (event.action_id === null) return;
    if (leavesQueue(event)) {
      onEvent.left(event.action_id, event.sentence);
      dropRows(client, new Set([event.action_id]));
    } else if (event.type === "action.undone") {
      onEvent.back(event.action_id);
    }
    void client.invalidateQueries({ queryKey: ["actions", "one", event.action_id] });
  });

  const counts = summary.data;
  const known = counts === undefined ? null : filter.light === null ? counts.total : counts[filter.light];
  return {
    rows,
    total: filter.deferred
      ? (counts?.deferred ?? null)
      : filter.q === ""
        ? known
        : query.hasNextPage
          ? null
          : rows.length,
    loading: query.isPending,
    error: query.isError && query.data === undefined ? query.error : null,
    retry: () => void query.refetch(),
    more: () => {
      const cursor = query.data?.pages.at(-1)?.next_cursor ?? "";
      if (!query.hasNextPage || query.isFetchingNextPage || asked.current === cursor) return;
      asked.current = cursor;
      void query.fetchNextPage().finally(() => {
        asked.current = "";
      });
    },
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
  };
}
