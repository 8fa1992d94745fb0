import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type {
  Account,
  AccountChange,
  AccountDetail,
  AccountHealth,
  AccountPlan,
  NewAccount,
} from "@/api/types/accounts";
import type { Page, Platform } from "@/api/types/common";
import type { Autonomy } from "@/api/types/safety";
import type { Setup } from "@/api/types/setup";
import type { PlatformTest } from "@/api/types/system";

const PAGE = 50;

export interface AccountFilter {
  platform: Platform | "";
  q: string;
}

export function accountsQuery(filter: AccountFilter) {
  return infiniteQueryOptions({
    queryKey: ["accounts", "list", filter],
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<Account>>("/accounts", {
        query: { platform: filter.platform, q: filter.q, limit: PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page: Page<Account>) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function accountQuery(id: string) {
  return queryOptions({
    queryKey: ["accounts", "one", id],
    queryFn: ({ signal }) => api.get<AccountDetail>(`/accounts/${id}`, { signal }),
  });
}

export function accountHealthQuery(id: string) {
  return queryOptions({
    queryKey: ["accounts", "health", id],
    queryFn: ({ signal }) => api.get<AccountHealth>(`/accounts/${id}/health`, { signal }),
  });
}

export function autonomyQuery(id: string) {
  return queryOptions({
    queryKey: ["accounts", "autonomy", id],
    queryFn: ({ signal }) => api.get<{ items: Autonomy[] }>(`/accounts/${id}/autonomy`, { signal }),
  });
}

export function takeBackAutonomy(id: string, grantId: string): Promise<unknown> {
  return api.delete<unknown>(`/accounts/${id}/autonomy/${grantId}`);
}

export function accountSetupQuery(id: string) {
  return queryOptions({
    queryKey: ["accounts", "setup", id],
    queryFn: ({ signal }) => api.get<Setup>(`/accounts/${id}/setup`, { signal }),
  });
}

/** Asks the platform itself, by reading only. */
export function testConnection(platform: Platform, accountId: string): Promise<PlatformTest> {
  return api.post<PlatformTest>(`/platforms/${platform}/test`, { account_id: accountId });
}

/** `on` null: today, in the account's own time zone. */
export function accountPlanQuery(id: string, on: string | null) {
  return queryOptions({
    queryKey: ["accounts", "plan", id, on],
    queryFn: ({ signal }) => api.get<AccountPlan>(`/accounts/${id}/plan`, { query: { on }, signal }),
    placeholderData: keepPreviousData,
  });
}

export function addAccount(input: NewAccount): Promise<Account> {
  return api.post<Account>("/accounts", input);
}

export function changeAccount(id: string, change: AccountChange): Promise<Account> {
  return api.put<Account>(`/accounts/${id}`, change);
}

export function deleteAccount(id: string): Promise<undefined> {
  return api.delete<undefined>(`/accounts/${id}`);
}

/** Where the platform asks for consent. Begun anew each time: an address is good once, for ten minutes. */
export async function authorizeUrl(platform: Platform, accountId: string): Promise<string> {
  const answer = await api.post<{ authorize_url: string }>(`/accounts/connect/${platform}`, {
    account_id: accountId,
  });
  return answer.authorize_url;
}
