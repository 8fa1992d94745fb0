import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Account } from "@/api/types/accounts";
import type { Action } from "@/api/types/actions";
import type { Page } from "@/api/types/common";
import type { StoredVerdict } from "@/api/types/safety";

export interface HistoryFilter {
  status: string;
  account_id: string;
  platform: string;
  action_type: string;
  q: string;
}

export const HISTORY = ["actions", "history"] as const;
const PAGE = 50;

/** Every action there is, newest first. */
export function historyQuery(filter: HistoryFilter) {
  return infiniteQueryOptions({
    queryKey: [...HISTORY, filter],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Action>>("/actions/history", {
        query: { ...filter, limit: PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** The accounts to choose from. */
export const accountChoicesQuery = queryOptions({
  queryKey: ["accounts", "choices"],
  queryFn: ({ signal }) => api.get<Page<Account>>("/accounts", { query: { limit: 200 }, signal }),
});

/** Each assessment as it was stored, with what today's rules say of the same facts. */
export function verdictsQuery(id: string) {
  return queryOptions({
    queryKey: ["actions", "verdicts", id],
    queryFn: ({ signal }) =>
      api.get<Page<StoredVerdict>>(`/actions/${id}/verdicts`, { query: { limit: 20 }, signal }),
  });
}

export function cancel(id: string, reason: string): Promise<Action> {
  return api.post<Action>(`/actions/${id}/cancel`, reason === "" ? {} : { reason });
}

export function replan(id: string): Promise<Action> {
  return api.post<Action>(`/actions/${id}/replan`, {});
}

export function resolve(id: string, outcome: "succeeded" | "failed", note: string): Promise<Action> {
  return api.post<Action>(`/actions/${id}/resolve`, { outcome, note });
}

export function executeNow(id: string): Promise<Action> {
  return api.post<Action>("/actions/execute", { action_id: id });
}
