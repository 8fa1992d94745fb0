import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Account } from "@/api/types/accounts";
import type { OverviewFigures } from "@/api/types/analytics";
import type { Page } from "@/api/types/common";
import type { LiveEvent, PlatformHealth } from "@/api/types/system";

export const ACCOUNTS_SHOWN = 8;
export const EVENTS_SHOWN = 8;

export function overviewQuery(days: number) {
  return queryOptions({
    queryKey: ["analytics", "overview", days],
    queryFn: ({ signal }) => api.get<OverviewFigures>("/analytics/overview", { query: { days }, signal }),
    placeholderData: keepPreviousData,
  });
}

export const overviewAccountsQuery = queryOptions({
  queryKey: ["accounts", "overview"],
  queryFn: ({ signal }) => api.get<Page<Account>>("/accounts", { query: { limit: ACCOUNTS_SHOWN }, signal }),
});

export const platformHealthQuery = queryOptions({
  queryKey: ["platform-health"],
  queryFn: ({ signal }) => api.get<PlatformHealth>("/platform-health", { signal }),
  refetchInterval: 60_000,
});

export const recentActivityQuery = queryOptions({
  queryKey: ["activity", "recent"],
  queryFn: ({ signal }) => api.get<Page<LiveEvent>>("/activity", { query: { limit: EVENTS_SHOWN }, signal }),
});
