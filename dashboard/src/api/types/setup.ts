import type { Platform } from "./common";

export interface SetupCheck {
  name: string;
  ok: boolean;
  detail: string;
  next_step: string | null;
}

/** What may be done now of one kind of action, or what is missing for it. */
export interface SetupKind {
  kind: string;
  mode: "api" | "human" | "forbidden";
  ready: boolean;
  /** Expired: the rule's source has to be read again, so nothing of this kind is automatic. */
  proof: "fresh" | "expired";
  sentence: string;
  missing: string[];
  next_step: string | null;
  /** The access tier that would allow it through the API. */
  opens_with: string | null;
}

export interface Setup {
  account_id: string;
  platform: Platform;
  platform_mode: "sandbox" | "live";
  as_of: string;
  ok: boolean;
  checks: SetupCheck[];
  tier: string;
  redirect: { address: string; https_needed: boolean };
  webhooks: { offered: boolean; address: string | null; last_delivery_at: string | null };
  kinds: SetupKind[];
}
