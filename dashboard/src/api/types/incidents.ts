import type { ActionType, Platform } from "./common";

export interface Incident {
  id: string;
  account: { id: string; platform: Platform; username: string };
  kind: "breaker" | "warning" | "reconnect" | "egress" | "silent_failure";
  /** Null when it is about everything the account does. */
  action_type: ActionType | null;
  opened_at: string;
  /** Null while it lasts. */
  closed_at: string | null;
  sentence: string;
  /** What a person does, in order. */
  way_back: string[];
}

/** All that was recorded from 72 hours before it; at most 500 entries of each kind, the newest first. */
export interface IncidentBundle extends Incident {
  events: { seq: number; at: string; type: string; actor_name: string; sentence: string }[];
  attempts: {
    id: string;
    action_id: string;
    action_type: ActionType;
    target_account: string | null;
    started_at: string;
    outcome: "performed" | "not_performed" | "unknown" | null;
    evidence: Record<string, unknown>;
  }[];
  quotas: { endpoint: string; scope: string; limit: number | null; remaining: number | null }[];
}
