import type { ActionType, LightColour } from "./common";

/** One number of the workspace's policy, within its hard bounds. */
export interface PolicyNumber {
  key: string;
  label: string;
  value: number;
  default: number;
  least: number;
  most: number;
  unit: string;
  /** Which end is the safer one. */
  careful: "lower" | "higher";
  source: string;
}

export interface Policy {
  version: number;
  changed_at: string | null;
  changed_by_name: string | null;
  reason: string | null;
  numbers: PolicyNumber[];
}

export interface PolicyChange {
  numbers: Record<string, number>;
  version: number;
  reason: string;
}

export type SimulationStatus = "waiting" | "running" | "finished" | "failed" | "cancelled";

export interface SimulationWish {
  accounts: number;
  days: number;
  seed: string;
  enforcement: "lenient" | "normal" | "strict";
  numbers: Record<string, number> | null;
}

export interface SimulationSeries {
  actions_by_day: { day: number; green: number; yellow: number; red: number }[];
  /** Seven weekdays from Monday, each with its 24 local hours. */
  hours: number[][];
  health: { day: number; p10: number; p50: number; p90: number }[];
  phases: { day: number; phase_1: number; phase_2: number; phase_3: number }[];
}

export interface SimulationSummary {
  accounts: number;
  days: number;
  accounts_restricted_share: number;
  accounts_suspended_share: number;
  time_green_share: number;
  followers_gained: number;
  reviewer_minutes: number;
  limits_exceeded: number;
  invariants_broken: number;
  digest: string;
  series: SimulationSeries;
}

export interface Simulation {
  id: string;
  status: SimulationStatus;
  /** 0 to 1. */
  progress: number;
  wanted: SimulationWish;
  summary: { today: SimulationSummary; changed: SimulationSummary | null } | null;
  failure: string | null;
  requested_at: string;
  finished_at: string | null;
  requested_by_name: string;
}

/** How near a kind of action is to going out without being asked about. */
export interface Autonomy {
  action_type: ActionType;
  light: LightColour;
  state: "earned" | "not_yet" | "taken_back";
  decided: number;
  unedited: number;
  lower_bound: number | null;
  needs: { lower_bound: number; decided: number };
  missing: string[];
  audit_share: number;
  grant_id: string | null;
  granted_at: string | null;
  taken_back_at: string | null;
  taken_back_because: string | null;
}

/** What reading back found, for one kind of action. */
export interface Verification {
  action_type: ActionType;
  checked: number;
  contradicted: number;
  state: "clear" | "watching" | "suspect";
  sentence: string;
}

/** The queue in minutes. */
export interface Attention {
  /** 0: no budget, nothing is deferred. */
  minutes_a_day: number;
  minutes_used: number;
  minutes_planned: number;
  planned: number;
  deferred: number;
  seconds_each: { action_type: ActionType; light: LightColour; median_seconds: number; measured: boolean }[];
}

/** One assessment as it was stored, and what today's rules say of the same facts. */
export interface StoredVerdict {
  id: string;
  stage: "propose" | "edit" | "send";
  assessed_at: string;
  light: LightColour;
  score: number;
  rule_set: string;
  facts_digest: string;
  facts: Record<string, unknown>;
  /** Null when the facts were erased, or are of an older shape than today's rules read. */
  replay: { light: LightColour; score: number; rule_set: string; same: boolean } | null;
}
