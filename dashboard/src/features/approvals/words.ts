import type { Action, RejectReason } from "@/api/types/actions";
import type { ApiProblem } from "@/api/problem";
import type { LightColour } from "@/api/types/common";
import { ACTION_NAME } from "@/lib/words";
import { nextStep } from "@/ui/error-state";

/** The wording of decisions. */
export const REJECT_REASONS: readonly { value: RejectReason; label: string }[] = [
  { value: "off_topic", label: "Off topic" },
  { value: "wrong_person", label: "Wrong person" },
  { value: "bad_text", label: "Bad text" },
  { value: "too_risky", label: "Too risky" },
  { value: "bad_timing", label: "Bad timing" },
  { value: "other", label: "Something else" },
];

/** The primary button says what pressing it means in this state. */
export function primaryText(light: LightColour, edited: boolean): string {
  if (edited) return "Approve edited";
  return light === "red" ? "Approve anyway" : "Approve";
}

const HIGH_SHORT: Record<LightColour, string> = { green: "Low", yellow: "Medium", red: "High" };

export function riskShort(light: LightColour): string {
  return HIGH_SHORT[light];
}

/** "Follow as", "Reply as". */
export function actsAs(action: Pick<Action, "action_type">): string {
  return `${ACTION_NAME[action.action_type]} as`;
}

/** One line for a row: the draft, or whom it is about. */
export function oneLine(action: Action): string {
  const { text, post, person } = action.target_data;
  if (text !== undefined && text.trim() !== "") return text;
  const handle = action.target_account ?? person?.handle ?? post?.author;
  const who = handle === undefined ? "" : `@${handle.replace(/^@/, "")}`;
  const about = post?.text ?? person?.display_name ?? person?.bio ?? "";
  return [who, about].filter((part) => part !== "").join(" · ") || ACTION_NAME[action.action_type];
}

const ABOUT: Partial<Record<Action["action_type"], string>> = {
  follow: "Person",
  unfollow: "Person",
  reply: "In reply to",
  comment: "Comment on",
  like: "Post",
  unlike: "Post",
  repost: "Post",
  quote: "Quotes",
  delete: "Post",
};

export function aboutTitle(action: Pick<Action, "action_type">): string {
  return ABOUT[action.action_type] ?? "About";
}

/** The one thing to do after a refused decision. */
export function stepAfter(problem: ApiProblem): string {
  const steps: Record<string, string> = {
    content_changed: "This is the newest version: read it and decide again.",
    not_pending: "It was decided meanwhile. Move to the next one.",
    not_green: "Open it and decide it by itself.",
    too_late: "It was sent already. Open it in Activity to see what came of it.",
    self_approval: "Ask somebody else in this workspace to decide it.",
    duplicate_action: "Change the words or reject it.",
    edit_forbidden: "Change the words, or discard the edit.",
    machine_may_not_approve: "Sign in as a person.",
  };
  return steps[problem.code] ?? nextStep(problem);
}
