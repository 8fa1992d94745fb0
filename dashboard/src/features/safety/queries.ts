import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Page, Platform } from "@/api/types/common";
import type { Policy, PolicyChange, Simulation, SimulationWish } from "@/api/types/safety";

const WATCH_MS = 1500;

export const policyQuery = queryOptions({
  queryKey: ["policy", "current"],
  queryFn: ({ signal }) => api.get<Policy>("/policy", { signal }),
});

export interface PolicyVersion {
  version: number;
  changed_at: string;
  changed_by_name: string;
  reason: string;
}

/** The newest changes; older ones are in the export. */
export const versionsQuery = queryOptions({
  queryKey: ["policy", "versions"],
  queryFn: ({ signal }) => api.get<Page<PolicyVersion>>("/policy/versions", { query: { limit: 20 }, signal }),
});

export function changePolicy(change: PolicyChange): Promise<Policy> {
  return api.put<Policy>("/policy", change);
}

export interface LeftAlone {
  platform: Platform;
  handle: string;
  since: string;
  because: "their_wish" | "our_choice";
}

/** Whom no account of the workspace turns to, the newest first. */
export const leftAloneQuery = infiniteQueryOptions({
  queryKey: ["people", "left-alone"],
  queryFn: ({ signal, pageParam }) =>
    api.get<Page<LeftAlone>>("/people/do-not-contact", { query: { limit: 20, cursor: pageParam }, signal }),
  initialPageParam: "",
  getNextPageParam: (page: Page<LeftAlone>) => page.next_cursor,
});

const pathOf = (one: Pick<LeftAlone, "platform" | "handle">) =>
  `/people/${one.platform}/${encodeURIComponent(one.handle)}/do-not-contact`;

export function leaveAlone({ because, ...one }: Omit<LeftAlone, "since">): Promise<{ cancelled: number }> {
  return api.post<{ cancelled: number }>(pathOf(one), { because });
}

export function contactAgain(one: LeftAlone): Promise<unknown> {
  return api.delete<unknown>(pathOf(one));
}

export const SIMULATIONS = ["simulations"] as const;

/** The latest simulations of the workspace, asked again while one of them has not ended. */
export const simulationsQuery = queryOptions({
  queryKey: [...SIMULATIONS, "list"],
  queryFn: ({ signal }) => api.get<Page<Simulation>>("/simulations", { query: { limit: 5 }, signal }),
  refetchInterval: (query) => (query.state.data?.items.some(isUnderWay) === true ? WATCH_MS : false),
});

export function isUnderWay(one: Pick<Simulation, "status">): boolean {
  return one.status === "waiting" || one.status === "running";
}

export function simulate(wish: SimulationWish): Promise<Pick<Simulation, "id" | "status">> {
  return api.post<Pick<Simulation, "id" | "status">>("/simulations", wish);
}

export function cancelSimulation(id: string): Promise<unknown> {
  return api.delete<unknown>(`/simulations/${id}`);
}
