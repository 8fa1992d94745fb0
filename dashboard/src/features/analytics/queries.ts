import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, urlOf } from "@/api/client";
import type { Growth, Performance } from "@/api/types/analytics";
import type { Profile } from "@/api/types/users";

export function growthQuery(accountId: string, days: number) {
  return queryOptions({
    queryKey: ["analytics", "growth", accountId, days],
    queryFn: ({ signal }) => api.get<Growth>(`/analytics/growth/${accountId}`, { query: { days }, signal }),
    placeholderData: keepPreviousData,
    enabled: accountId !== "",
  });
}

/** `accountId` empty: all accounts. */
export function performanceQuery(accountId: string, days: number) {
  return queryOptions({
    queryKey: ["analytics", "performance", accountId, days],
    queryFn: ({ signal }) =>
      api.get<Performance>("/analytics/performance", { query: { days, account_id: accountId }, signal }),
    placeholderData: keepPreviousData,
  });
}

export interface ExportChoice {
  what: "actions" | "growth";
  format: "csv" | "json";
  days: number;
}

/** A download's address. It is streamed to a file, so the session is renewed first: a refusal would be saved too. */
export async function exportAddress(choice: ExportChoice): Promise<string> {
  await api.get<Profile>("/users/profile");
  return urlOf("/analytics/export", { ...choice });
}
