import type { Action } from "@/api/types/actions";
import type { ActionStatus } from "@/api/types/common";
import { formatInstant } from "@/lib/format";
import type { BadgeTone } from "@/ui/badge";

export const STATUS_TONE: Record<ActionStatus, BadgeTone> = {
  proposed: "neutral",
  awaiting_approval: "accent",
  approved: "neutral",
  scheduled: "neutral",
  executing: "accent",
  succeeded: "green",
  failed: "red",
  rejected: "neutral",
  expired: "neutral",
  cancelled: "neutral",
  blocked: "red",
  awaiting_human: "accent",
  outcome_unknown: "yellow",
};

/** Whom it is about, with the @; "" when it is about nobody. */
export function whoOf(action: Pick<Action, "target_account" | "target_data">): string {
  const { person, post } = action.target_data;
  const handle = person?.handle ?? action.target_account ?? post?.author;
  return handle === undefined ? "" : `@${handle.replace(/^@/, "")}`;
}

export interface Allowed {
  execute: boolean;
  cancel: boolean;
  replan: boolean;
  resolve: boolean;
}

const CANCELLABLE: ReadonlySet<ActionStatus> = new Set([
  "proposed",
  "awaiting_approval",
  "approved",
  "scheduled",
  "awaiting_human",
]);
const REPLANNABLE: ReadonlySet<ActionStatus> = new Set(["rejected", "expired", "failed", "cancelled"]);

/** What a person may still do with an action in this state. */
export function allowedFor(action: Pick<Action, "status" | "mode">): Allowed {
  const { status, mode } = action;
  return {
    execute: mode === "api" && status === "scheduled",
    cancel: CANCELLABLE.has(status),
    replan: REPLANNABLE.has(status),
    resolve: status === "outcome_unknown",
  };
}

/** "Verified", "Claimed" or "Not found": only for what succeeded. */
export function proofOf(action: Pick<Action, "status" | "verified">): string | null {
  if (action.status !== "succeeded") return null;
  if (action.verified === true) return "Verified";
  return action.verified === false ? "Not found by the check" : "Claimed";
}

/** Evidence as text: what is not plain is written as JSON. */
export function evidenceText(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

/** "request_id" → "Request id". */
export function evidenceName(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const INSTANT = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/gu;

/** A sentence of the server's with its instants as a person reads them. */
export function readable(sentence: string): string {
  return sentence.replaceAll(INSTANT, (instant) => formatInstant(instant));
}
