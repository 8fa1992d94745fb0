import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Page } from "@/api/types/common";
import type { Candidate, Rule, RuleInput } from "@/api/types/targeting";

const PAGE = 50;

export const rulesQuery = infiniteQueryOptions({
  queryKey: ["targeting", "list"],
  queryFn: ({ signal, pageParam }) =>
    api.get<Page<Rule>>("/targeting", { query: { limit: PAGE, cursor: pageParam }, signal }),
  initialPageParam: "",
  getNextPageParam: (page: Page<Rule>) => page.next_cursor,
});

export function ruleQuery(id: string) {
  return queryOptions({
    queryKey: ["targeting", "one", id],
    queryFn: ({ signal }) => api.get<Rule>(`/targeting/${id}`, { signal }),
  });
}

export function candidatesQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["targeting", "candidates", id],
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<Candidate>>(`/targeting/${id}/candidates`, {
        query: { limit: PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page: Page<Candidate>) => page.next_cursor,
  });
}

export function addRule(input: RuleInput): Promise<Rule> {
  return api.post<Rule>("/targeting", input);
}

export function changeRule(id: string, change: Partial<RuleInput>): Promise<Rule> {
  return api.put<Rule>(`/targeting/${id}`, change);
}

export function deleteRule(id: string): Promise<undefined> {
  return api.delete<undefined>(`/targeting/${id}`);
}

/** Queues a search for people; `candidates.discovered` says on the live feed what it found. */
export function discoverNow(id: string): Promise<{ queued: boolean }> {
  return api.post<{ queued: boolean }>(`/targeting/${id}/discover`);
}
