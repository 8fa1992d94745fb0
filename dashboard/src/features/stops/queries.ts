import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Account } from "@/api/types/accounts";
import type { Page } from "@/api/types/common";
import type { ActiveStops, NewStop, Stop } from "@/api/types/system";

/** The names an account stop can be given; a workspace with more finds the rest by its accounts page. */
export const stoppableAccountsQuery = queryOptions({
  queryKey: ["accounts", "stoppable"],
  queryFn: ({ signal }) => api.get<Page<Account>>("/accounts", { query: { limit: 200 }, signal }),
});

export function setStop(input: NewStop): Promise<Stop> {
  return api.post<Stop>("/emergency-stop", input);
}

export function liftStop(id: string): Promise<ActiveStops> {
  return api.delete<ActiveStops>("/emergency-stop", undefined, { query: { id } });
}
