import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Page } from "@/api/types/common";
import type { Incident, IncidentBundle } from "@/api/types/incidents";

const PAGE = 20;

/** `accountId` "": those of the whole workspace. */
export function incidentsQuery(accountId: string) {
  return infiniteQueryOptions({
    queryKey: ["incidents", "list", accountId],
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<Incident>>("/incidents", {
        query: { account_id: accountId, limit: PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page: Page<Incident>) => page.next_cursor,
  });
}

/** A person looked; `note` says what was found. */
export function closeIncident(id: string, note: string): Promise<IncidentBundle> {
  return api.post<IncidentBundle>(`/incidents/${id}/close`, { note });
}

export function incidentQuery(id: string) {
  return queryOptions({
    queryKey: ["incidents", "one", id],
    queryFn: ({ signal }) => api.get<IncidentBundle>(`/incidents/${id}`, { signal }),
  });
}
