"use client";

import { useQuery } from "@tanstack/react-query";
import { useLiveRefresh } from "@/lib/live";
import { approvalsSummaryQuery } from "@/lib/shared-queries";

const EVENTS = ["action."];

export interface Badges {
  approvals: number;
  tasks: number;
}

/** How much waits for a person, kept fresh by the live feed. Called once, by the shell. */
export function useBadges(): Badges {
  const { data } = useQuery(approvalsSummaryQuery);
  useLiveRefresh(EVENTS, approvalsSummaryQuery.queryKey, 2000);
  return { approvals: data?.total ?? 0, tasks: data?.tasks_open ?? 0 };
}
