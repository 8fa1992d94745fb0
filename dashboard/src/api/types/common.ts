/** Words shared by every domain of the API. Instants are ISO-8601 UTC strings, ids are UUID strings. */
export type Platform = "tiktok" | "instagram" | "twitter";
export type Phase = "phase_1" | "phase_2" | "phase_3";
export type LightColour = "green" | "yellow" | "red";
export type Mode = "api" | "human";
export type Role = "owner" | "admin" | "approver" | "viewer";

export type ActionStatus =
  | "proposed"
  | "awaiting_approval"
  | "approved"
  | "scheduled"
  | "executing"
  | "succeeded"
  | "failed"
  | "rejected"
  | "expired"
  | "cancelled"
  | "blocked"
  | "awaiting_human"
  | "outcome_unknown";

export type ActionType =
  | "follow"
  | "unfollow"
  | "like"
  | "unlike"
  | "comment"
  | "reply"
  | "repost"
  | "quote"
  | "publish_text"
  | "publish_image"
  | "publish_video"
  | "publish_carousel"
  | "delete";

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Limit {
  kind: string;
  window: "hour" | "day";
  limit: number;
  used: number;
  binds: boolean;
  source: string;
  /** What makes it no more than that; `source` says the same in words. */
  set_by: "phase" | "account" | "product" | "platform" | "light" | "health";
  local_on: string;
}

export interface PageQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
}
