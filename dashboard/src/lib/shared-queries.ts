import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { ActionDetail, ApprovalsSummary } from "@/api/types/actions";
import type { Account } from "@/api/types/accounts";
import type { Page } from "@/api/types/common";
import type { ActiveStops } from "@/api/types/system";
import type { Profile } from "@/api/types/users";

/** The few reads that the shell and several features share. Everything else lives in a feature's queries.ts. */
export const profileQuery = queryOptions({
  queryKey: ["users", "profile"],
  queryFn: ({ signal }) => api.get<Profile>("/users/profile", { signal }),
  staleTime: 300_000,
});

export const approvalsSummaryQuery = queryOptions({
  queryKey: ["approvals", "summary"],
  queryFn: ({ signal }) => api.get<ApprovalsSummary>("/approvals/summary", { signal }),
});

export const stopsQuery = queryOptions({
  queryKey: ["stops"],
  queryFn: ({ signal }) => api.get<ActiveStops>("/emergency-stop", { signal }),
});

/** One action with its timeline, attempts and what happened with the same person before. */
export function actionQuery(id: string) {
  return queryOptions({
    queryKey: ["actions", "one", id],
    queryFn: ({ signal }) => api.get<ActionDetail>(`/actions/${id}`, { signal }),
    staleTime: 15_000,
  });
}

/** The accounts that a form or filter offers: the first 200. */
export const accountChoicesQuery = queryOptions({
  queryKey: ["accounts", "choices"],
  queryFn: ({ signal }) => api.get<Page<Account>>("/accounts", { query: { limit: 200 }, signal }),
});
