import type { ActionType, Platform } from "./common";

export interface DayValue {
  on: string;
  value: number;
}

export interface OverviewFigures {
  days: number;
  followers: { value: number | null; change: number | null; series: DayValue[] };
  engagements: { value: number; change: number | null; series: DayValue[]; previous: DayValue[] };
  actions_today: { used: number; limit: number };
  approved_without_edits: { share: number | null; change: number | null; series: DayValue[] };
  fleet_health: { score: number | null; need_attention: number };
  waiting: { green: number; yellow: number; red: number; oldest_at: string | null };
}

export interface GrowthTotals {
  gained: number;
  lost: number;
  net: number;
  actions: number;
  claimed: number;
  verified: number;
}

export interface Growth {
  account_id: string;
  days: number;
  series: {
    on: string;
    followers: number | null;
    gained: number;
    lost: number;
    actions: number;
    verified: number;
  }[];
  totals: GrowthTotals;
  previous: GrowthTotals;
}

export interface PerformanceTotals {
  proposed: number;
  approved: number;
  approved_without_edits: number;
  rejected: number;
  succeeded: number;
  claimed: number;
  verified: number;
  failed: number;
  unknown: number;
  followed_back: number;
}

export interface Performance {
  days: number;
  totals: PerformanceTotals;
  by_account: (PerformanceTotals & { account_id: string; platform: Platform; username: string })[];
  by_kind: (PerformanceTotals & { action_type: ActionType })[];
  by_rule: (PerformanceTotals & { rule_id: string; name: string })[];
}
