import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Page } from "@/api/types/common";
import type { Egress, EgressPresetFacts, NewEgress } from "@/api/types/egress";

const MOST = 200;

export const egressesQuery = queryOptions({
  queryKey: ["egress", "list"],
  queryFn: ({ signal }) => api.get<Page<Egress>>("/egress", { query: { limit: MOST }, signal }),
});

export const egressPresetsQuery = queryOptions({
  queryKey: ["egress", "presets"],
  queryFn: ({ signal }) => api.get<{ items: EgressPresetFacts[] }>("/egress/presets", { signal }),
  staleTime: Infinity,
});

export function addEgress(input: NewEgress): Promise<Egress> {
  return api.post<Egress>("/egress", input);
}

export function checkEgress(id: string): Promise<Egress> {
  return api.post<Egress>(`/egress/${id}/check`);
}

export function deleteEgress(id: string): Promise<undefined> {
  return api.delete<undefined>(`/egress/${id}`);
}
