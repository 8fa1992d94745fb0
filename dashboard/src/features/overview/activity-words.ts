import type { ActionType, Page, Platform } from "@/api/types/common";
import type { LiveEvent } from "@/api/types/system";
import { ACTION_NAME, PLATFORM_NAME } from "@/lib/words";
import { EVENTS_SHOWN } from "./queries";

/** One line of the feed: whose account, and what became of what. */
export interface ActivityLine {
  platform: Platform | null;
  who: string | null;
  what: string;
}

const BECAME: Record<string, string> = {
  "action.proposed": "proposed",
  "action.assessed": "assessed",
  "action.edited": "edited",
  "action.approved": "approved",
  "action.rejected": "rejected",
  "action.snoozed": "snoozed",
  "action.undone": "decision undone",
  "action.expired": "expired",
  "action.scheduled": "scheduled",
  "action.started": "started",
  "action.succeeded": "done",
  "action.failed": "failed",
  "action.unknown": "outcome unknown",
  "action.verified": "verified",
  "action.cancelled": "cancelled",
  "action.blocked": "blocked",
  "action.task_unlocked": "task ready",
  "action.completed": "done by hand",
  "action.reconciled": "settled",
  "action.held": "held",
};

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function platformOf(value: unknown): Platform | null {
  return typeof value === "string" && value in PLATFORM_NAME ? (value as Platform) : null;
}

/** "reply done" for an action; for the rest the sentence, without the name that stands before it. */
export function activityLine(event: LiveEvent): ActivityLine {
  const platform = platformOf(event.data["platform"]);
  const who = textOf(event.data["username"]);
  const became = BECAME[event.type];
  const kind = textOf(event.data["action_type"]);
  if (who !== null && became !== undefined && kind !== null && kind in ACTION_NAME) {
    return { platform, who, what: `${ACTION_NAME[kind as ActionType].toLowerCase()} ${became}` };
  }
  if (who === null || platform === null) return { platform, who: null, what: event.sentence };
  const prefix = `@${who} on ${PLATFORM_NAME[platform]} `;
  if (!event.sentence.startsWith(prefix)) return { platform, who: null, what: event.sentence };
  return { platform, who, what: event.sentence.slice(prefix.length) };
}

/** The list with a new event on top; an event that is already there, or an unread list, changes nothing. */
export function withEvent(page: Page<LiveEvent> | undefined, event: LiveEvent): Page<LiveEvent> | undefined {
  if (page === undefined || page.items.some((item) => item.seq === event.seq)) return page;
  return { ...page, items: [event, ...page.items].slice(0, EVENTS_SHOWN) };
}
