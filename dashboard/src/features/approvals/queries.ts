import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Action, ActionDetail, ActionEdits, BulkAnswer, RejectReason } from "@/api/types/actions";
import type { LightColour, Page } from "@/api/types/common";
import type { Attention } from "@/api/types/safety";

export interface QueueFilter {
  light: LightColour | null;
  q: string;
  /** What today's minutes do not hold, instead of what they do. */
  deferred: boolean;
}

export const PENDING = ["approvals", "pending"] as const;
const PAGE = 100;

/** What waits for a decision, most worth first. */
export function pendingQuery({ light, q, deferred }: QueueFilter) {
  return infiniteQueryOptions({
    queryKey: [...PENDING, light ?? "all", q, deferred],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Action>>("/approvals/pending", {
        query: { light, q, deferred: deferred ? "true" : null, limit: PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
}

export const attentionQuery = queryOptions({
  queryKey: ["approvals", "attention"],
  queryFn: ({ signal }) => api.get<Attention>("/approvals/attention", { signal }),
  staleTime: 30_000,
});

/** Says that the action is before the reviewer, from which the time of a decision is measured. */
export function opened(id: string): Promise<unknown> {
  return api.post<unknown>(`/approvals/${id}/open`);
}

/** The newest state of one action, past every cache. */
export function readAction(id: string): Promise<ActionDetail> {
  return api.get<ActionDetail>(`/actions/${id}`);
}

/** Approves exactly the content that was shown: the hash is of what was read, the edits lie on top. */
export function approve(id: string, contentHash: string, edits?: ActionEdits): Promise<Action> {
  return api.post<Action>(`/approvals/${id}/approve`, {
    content_hash: contentHash,
    ...(edits === undefined ? {} : { edits }),
  });
}

export function reject(id: string, reason: RejectReason, note: string): Promise<Action> {
  return api.post<Action>(`/approvals/${id}/reject`, { reason, ...(note === "" ? {} : { note }) });
}

export function snooze(id: string, minutes: number): Promise<Action> {
  return api.post<Action>(`/approvals/${id}/snooze`, { minutes });
}

export function undo(id: string): Promise<Action> {
  return api.post<Action>(`/approvals/${id}/undo`, {});
}

export interface BulkInput {
  ids: readonly string[];
  decision: "approve" | "reject";
  reason?: RejectReason;
}

/** At most 200 ids, which is what the server takes at once. */
export function bulk(input: BulkInput): Promise<BulkAnswer> {
  return api.post<BulkAnswer>("/approvals/bulk", input);
}
