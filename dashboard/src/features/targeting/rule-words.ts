import type { ActionType } from "@/api/types/common";
import type { Rule } from "@/api/types/targeting";
import { formatCompact } from "@/lib/format";
import { ACTION_NAME } from "@/lib/words";

/** What a rule may propose: actions towards people. Publishing is not aimed at anybody. */
export const RULE_ACTIONS = [
  "follow",
  "like",
  "comment",
  "reply",
  "repost",
  "quote",
] as const satisfies readonly ActionType[];

export function ruleHref(id: string): string {
  return `/targeting/detail/?id=${encodeURIComponent(id)}`;
}

/** One entry per line or comma, without doubles; a handle's @ falls away. */
export function splitWords(text: string): string[] {
  const words = text
    .split(/[\n,]/)
    .map((word) => word.trim().replace(/^@/, ""))
    .filter((word) => word !== "");
  return [...new Map(words.map((word) => [word.toLowerCase(), word])).values()];
}

/** "Reply, like": the first as a sentence begins, the others small. */
export function actionsText(types: readonly ActionType[]): string {
  return types.map((type, at) => (at === 0 ? ACTION_NAME[type] : ACTION_NAME[type].toLowerCase())).join(", ");
}

export function rangeText({
  min_followers: least,
  max_followers: most,
}: Pick<Rule, "min_followers" | "max_followers">): string {
  if (least === null && most === null) return "any number of followers";
  if (most === null) return `${formatCompact(least)} followers or more`;
  if (least === null) return `up to ${formatCompact(most)} followers`;
  return `${formatCompact(least)} to ${formatCompact(most)} followers`;
}
