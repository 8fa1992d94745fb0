import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { ApprovalsSummary } from "@/api/types/actions";
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
