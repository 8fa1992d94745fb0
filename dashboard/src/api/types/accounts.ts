import type { ActionStatus, ActionType, LightColour, Limit, Phase, Platform } from "./common";
import type { Verification } from "./safety";

export interface Account {
  id: string;
  platform: Platform;
  username: string;
  display_name: string | null;
  timezone: string;
  phase: Phase;
  phase_reason: string[];
  programme_day: number;
  /** 0 to 100; null before the first measurement. */
  health_score: number | null;
  light: LightColour;
  light_reasons: string[];
  is_active: boolean;
  daily_action_limit: number | null;
  /** Local hours; an end that is not after the start lies on the next day. */
  waking_start: number;
  waking_end: number;
  connected: boolean;
  works_until: string | null;
  tier: string | null;
  created_at: string;
  today: { used: number; limit: number; binds: string | boolean | null };
  next_due_at: string | null;
  followers: number | null;
  /** At most 30 daily values, oldest first. */
  followers_series: number[];
  /** Share over 7 days: 0.012 is +1.2 %. */
  followers_change: number | null;
  needs: null | "connect" | "reconnect" | "paused" | "stopped";
}

export interface PhaseDetail {
  phase: Phase;
  programme_day: number;
  started_on: string;
  opens_next: { phase: Phase; on: string; missing: string[] } | null;
  established: boolean;
  /** What a promotion asks for, besides the days. */
  gates: { code: string; label: string; met: boolean; is: string; needs: string }[];
}

export interface AccountDetail extends Account {
  phase_detail: PhaseDetail;
  limits: Limit[];
  /** Null: its calls go straight out. */
  egress: { id: string; name: string; state: "unknown" | "ok" | "failing" } | null;
}

export interface NewAccount {
  platform: Platform;
  username: string;
  timezone: string;
  daily_action_limit?: number;
  established?: boolean;
}

export interface AccountChange {
  timezone?: string;
  daily_action_limit?: number;
  waking_start?: number;
  waking_end?: number;
  is_active?: boolean;
  display_name?: string;
  established?: boolean;
  /** Null: straight out. */
  egress_id?: string | null;
}

export interface AccountHealth {
  account_id: string;
  score: number | null;
  light: LightColour;
  as_of: string | null;
  /** A part's value is null while there is not enough data for it. */
  parts: { code: string; label: string; value: number | null; weight: number; sentence: string }[];
  history: { on: string; score: number }[];
  verification: Verification[];
}

export interface PlanSlot {
  at: string;
  action_id: string | null;
  action_type: ActionType | null;
  status: ActionStatus | null;
  target_account: string | null;
  why: string;
}

export interface AccountPlan {
  account_id: string;
  on: string;
  timezone: string;
  waking: { start: string; end: string };
  sessions: { start: string; end: string }[];
  slots: PlanSlot[];
  limits: Limit[];
  /** A day on which little is planned, as people have them. */
  quiet: boolean;
  /** The share of a full day while the account comes back from a pause. */
  ramp: { day: number; share: number } | null;
  budget: number;
}
