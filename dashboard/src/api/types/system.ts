import type { ActorRef } from "./actions";
import type { ActionType, LightColour, Phase, Platform } from "./common";

export type StopScope = "workspace" | "platform" | "account";

export interface Stop {
  id: string;
  scope: StopScope;
  scope_id: string | null;
  reason: string;
  created_at: string;
  created_by: string | { id?: string; name: string } | null;
}

export interface ActiveStops {
  active: Stop[];
}

export interface NewStop {
  scope: StopScope;
  id?: string;
  reason: string;
}

export interface PlatformHealth {
  platforms: {
    platform: Platform;
    light: LightColour;
    sentence: string;
    latency_ms: number | null;
    error_rate: number;
    /** 48 half-hours, oldest first. */
    buckets: { at: string; ok: number; failed: number }[];
    /** The running window with the smallest share of its calls left; null when none was told. */
    quota: {
      username: string;
      endpoint: string;
      limit: number;
      remaining: number;
      resets_at: string;
    } | null;
  }[];
  /** Kinds of action that pause after failures in a row. */
  breakers: {
    account_id: string;
    platform: Platform;
    username: string;
    action_type: ActionType;
    state: "open" | "half_open";
    until: string;
    sentence: string;
  }[];
  ai: unknown[];
}

export interface PlatformLimits {
  platform: Platform;
  limits: { kind: string; window: "hour" | "day"; phase: Phase; limit: number; source: string }[];
}

export interface PlatformTest {
  ok: boolean;
  checks: { name: string; ok: boolean; detail: string; next_step: string | null }[];
}

/** One line of the live feed; `data` carries enough to patch a list. */
export interface LiveEvent {
  seq: number;
  at: string;
  type: string;
  actor: ActorRef;
  account_id: string | null;
  action_id: string | null;
  sentence: string;
  data: Record<string, unknown>;
}

export interface ExportJob {
  id: string;
  status: "queued" | "ready" | "failed";
  created_at: string;
  download_url?: string | null;
}

export interface Consent {
  kind: "publish" | "engage" | "discover" | "ai_drafts";
  granted: boolean;
  at: string | null;
  sentence: string;
}

export interface Alert {
  level: "critical" | "warning" | "info";
  code: string;
  sentence: string;
  next_step: string;
  at?: string | null;
}

/** What `GET /health/ready` says, at the root of the origin. */
export interface Readiness {
  ready: boolean;
  checks: { name: string; ok: boolean; required: boolean; detail: string }[];
}
