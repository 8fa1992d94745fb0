import type { Action, Task } from "@/api/types/actions";
import type { ActionType } from "@/api/types/common";
import { formatDuration } from "@/lib/format";

/** The wording of tasks. */
const DO: Record<ActionType, string> = {
  follow: "Follow {who}",
  unfollow: "Unfollow {who}",
  like: "Like the post of {who}",
  unlike: "Unlike the post of {who}",
  comment: "Comment on the post of {who}",
  reply: "Reply to {who}",
  repost: "Repost the post of {who}",
  quote: "Quote the post of {who}",
  publish_text: "Publish the post",
  publish_image: "Publish the image",
  publish_video: "Publish the video",
  publish_carousel: "Publish the carousel",
  delete: "Delete the post",
};

export function whoOf(action: Pick<Action, "target_account" | "target_data">): string | null {
  const { person, post } = action.target_data;
  const handle = person?.handle ?? action.target_account ?? post?.author ?? null;
  return handle === null ? null : `@${handle.replace(/^@/, "")}`;
}

/** "Follow @mia". */
export function whatToDo(task: Pick<Action, "action_type" | "target_account" | "target_data">): string {
  return DO[task.action_type].replace("{who}", whoOf(task) ?? "them");
}

export const SKIP_REASONS: readonly { value: string; label: string }[] = [
  { value: "off_topic", label: "Off topic" },
  { value: "wrong_person", label: "Wrong person" },
  { value: "too_risky", label: "Too risky" },
  { value: "bad_timing", label: "Bad timing" },
  { value: "other", label: "Something else" },
];

/** When a locked task unlocks: at its time, or once the open one of its account is settled. */
export function unlocksWhen(task: Pick<Task, "unlocks_at">, now: number): string {
  const wait = task.unlocks_at === null ? 0 : (Date.parse(task.unlocks_at) - now) / 1000;
  return wait > 0 ? `unlocks in ${formatDuration(wait)}` : "waits its turn";
}

const VERIFYING_MS = 15 * 60_000;

export type Claim = "verified" | "verifying" | "claimed" | "refuted" | "other";

/** How sure it is that a reported task was done. */
export function claimOf(action: Pick<Action, "status" | "verified" | "settled_at">, now: number): Claim {
  if (action.status !== "succeeded") return "other";
  if (action.verified === true) return "verified";
  if (action.verified === false) return "refuted";
  const settled = action.settled_at === null ? now : Date.parse(action.settled_at);
  return now - settled < VERIFYING_MS ? "verifying" : "claimed";
}

export const CLAIM_NAME: Record<Exclude<Claim, "other">, string> = {
  verified: "Verified",
  verifying: "Claimed, being verified",
  claimed: "Claimed",
  refuted: "Claimed, not found by the check",
};
