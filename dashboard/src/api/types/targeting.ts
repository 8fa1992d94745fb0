import type { ActionType, Platform } from "./common";
import type { Person, Post } from "./actions";

export interface RuleInput {
  account_id: string | null;
  platform: Platform;
  name: string;
  keywords: string[];
  handles: string[];
  action_types: ActionType[];
  daily_budget: number;
  min_followers: number | null;
  max_followers: number | null;
  text_template: string | null;
  is_active: boolean;
}

export interface Rule extends RuleInput {
  id: string;
  created_at: string;
  stats: {
    candidates: number;
    proposed: number;
    succeeded: number;
    followed_back: number;
    /** Follows of whom no official read has told yet, or ever will. */
    followed_back_unknown: number;
  };
}

export interface Candidate {
  id: string;
  person: Person;
  post: Post | null;
  score: number;
  found_at: string;
  used_at: string | null;
  state: "new" | "proposed" | "skipped";
}
