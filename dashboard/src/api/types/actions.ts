import type { ActionStatus, ActionType, LightColour, Mode, Phase, Platform } from "./common";

export interface Reason {
  code: string;
  effect: "forbid" | "raise" | "info";
  weight: number;
  sentence: string;
  evidence: string | null;
  clears: string | null;
}

export interface Person {
  id?: string;
  handle: string;
  display_name?: string;
  bio?: string;
  followers?: number;
  following?: number;
  posts?: number;
  url?: string;
  interests?: string[];
}

export interface Post {
  id: string;
  url?: string;
  text?: string;
  author?: string;
  created_at?: string;
}

export interface TargetData {
  text?: string;
  media_url?: string;
  alt_text?: string;
  person?: Person;
  post?: Post;
  comment_id?: string;
  rule_id?: string;
  summoned?: boolean;
}

export interface ActorRef {
  kind: "user" | "api_key" | "planner" | "system";
  id: string | null;
  name: string;
}

export interface Action {
  id: string;
  account_id: string;
  account: { id: string; platform: Platform; username: string; light: LightColour; phase: Phase };
  action_type: ActionType;
  target_account: string | null;
  target_data: TargetData;
  content_hash: string;
  status: ActionStatus;
  light: LightColour;
  /** 0 to 100. */
  risk_score: number;
  reasons: Reason[];
  to_green: string[];
  mode: Mode;
  requires_approval: boolean;
  proposed_by: ActorRef;
  created_at: string;
  expires_at: string | null;
  snoozed_until: string | null;
  held_until: string | null;
  scheduled_at: string | null;
  executed_at: string | null;
  settled_at: string | null;
  remote_id: string | null;
  remote_url: string | null;
  /** null: nothing official can be read to verify it. */
  verified: boolean | null;
  failure: { code: string; sentence: string; next_step: string | null } | null;
  replaces: string | null;
  /** The expected number of answers for a minute of the reviewer's time. */
  worth: number;
  minutes: number;
  deferred_until: string | null;
  deferred_because: string | null;
}

export interface TimelineItem {
  seq: number;
  at: string;
  type: string;
  actor: ActorRef;
  sentence: string;
  data: Record<string, unknown>;
}

export interface ActionDetail extends Action {
  timeline: TimelineItem[];
  verdict: {
    light: LightColour;
    score: number;
    rule_set: string;
    facts_digest: string;
    assessed_at: string;
    stage: string;
  } | null;
  attempts: {
    n: number;
    started_at: string;
    ended_at: string | null;
    outcome: string | null;
    evidence: Record<string, unknown>;
  }[];
  waits_for: string | null;
  with_person: {
    action_id: string;
    at: string;
    action_type: ActionType;
    status: ActionStatus;
    account: string;
    text: string | null;
  }[];
}

export interface NewAction {
  account_id: string;
  action_type: ActionType;
  target_account?: string;
  target_data: TargetData;
  not_before?: string;
}

export type TaskOutcome = "done" | "target_gone" | "blocked" | "changed_mind" | "skipped";

export type RejectReason = "off_topic" | "wrong_person" | "bad_text" | "too_risky" | "bad_timing" | "other";

export interface ActionEdits {
  text?: string;
  media_url?: string;
  alt_text?: string;
}

export interface ApprovalsSummary {
  green: number;
  yellow: number;
  red: number;
  total: number;
  /** Beyond today's minutes; not in the total. */
  deferred: number;
  oldest_at: string | null;
  decided_today: number;
  median_decision_seconds: number | null;
  tasks_open: number;
}

export interface BulkAnswer {
  results: {
    id: string;
    ok: boolean;
    status: ActionStatus | null;
    problem: { code: string; detail: string } | null;
  }[];
}

/** An action that a person carries out. */
export interface Task extends Action {
  deep_link: string | null;
  prepared_text: string | null;
  /** null: nothing has to be waited for. */
  unlocks_at: string | null;
  unlocked: boolean;
}

export interface NextTask {
  task: Task | null;
  next_unlock_at: string | null;
  open: number;
}
