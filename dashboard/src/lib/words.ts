import type { ActionStatus, ActionType, LightColour, Phase, Platform } from "@/api/types/common";

/** The one wording of every enum of the API. */
export const PLATFORM_NAME: Record<Platform, string> = {
  tiktok: "TikTok",
  instagram: "Instagram",
  twitter: "X",
};

export const PHASE_NAME: Record<Phase, string> = {
  phase_1: "Phase 1",
  phase_2: "Phase 2",
  phase_3: "Phase 3",
};

export const LIGHT_NAME: Record<LightColour, string> = { green: "Green", yellow: "Yellow", red: "Red" };

export const RISK_NAME: Record<LightColour, string> = {
  green: "Low risk",
  yellow: "Medium risk",
  red: "High risk",
};

export const ACTION_NAME: Record<ActionType, string> = {
  follow: "Follow",
  unfollow: "Unfollow",
  like: "Like",
  unlike: "Unlike",
  comment: "Comment",
  reply: "Reply",
  repost: "Repost",
  quote: "Quote",
  publish_text: "Post",
  publish_image: "Image post",
  publish_video: "Video post",
  publish_carousel: "Carousel",
  delete: "Delete",
};

export const STATUS_NAME: Record<ActionStatus, string> = {
  proposed: "Proposed",
  awaiting_approval: "Awaiting approval",
  approved: "Approved",
  scheduled: "Scheduled",
  executing: "Executing",
  succeeded: "Succeeded",
  failed: "Failed",
  rejected: "Rejected",
  expired: "Expired",
  cancelled: "Cancelled",
  blocked: "Blocked",
  awaiting_human: "Awaiting a person",
  outcome_unknown: "Outcome unknown",
};
