export type LedgerMode = "api" | "human" | "forbidden";

/** One row of the capability ledger: what a platform allows for one access tier, and who says so. */
export interface Capability {
  action_type: string;
  tier: string;
  /** What holds for this product; it may do less than the platform allows. */
  mode: LedgerMode;
  needs_approval: boolean;
  sentence: string;
  quota: string | null;
  source: string;
  as_of: string;
  recheck_on: string;
  /** Expired: the source has to be read again, so nothing of this kind is automatic. */
  proof: "fresh" | "expired";
}

export interface LedgerPlatform {
  platform: string;
  name: string;
  /** False: its rules are known, but nothing can be connected yet. */
  connector: boolean;
  state: string;
  tier: string;
  tiers: string[];
  proof: "fresh" | "expired";
  capabilities: Capability[];
}
