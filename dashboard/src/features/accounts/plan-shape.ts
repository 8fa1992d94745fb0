import type { AccountPlan, PlanSlot } from "@/api/types/accounts";
import type { ActionStatus } from "@/api/types/common";
import { formatDay, formatTime } from "@/lib/format";

/** A day's plan as positions on a line: everything that the picture needs, without any drawing. */
export type SlotKind = "done" | "due" | "waiting" | "missed" | "free";

export const SLOT_WORD: Record<SlotKind, string> = {
  done: "Done",
  due: "Due",
  waiting: "Waits for a person",
  missed: "Not done",
  free: "Free slot",
};

const KIND: Record<ActionStatus, SlotKind> = {
  proposed: "waiting",
  awaiting_approval: "waiting",
  awaiting_human: "waiting",
  approved: "due",
  scheduled: "due",
  executing: "due",
  succeeded: "done",
  failed: "missed",
  rejected: "missed",
  expired: "missed",
  cancelled: "missed",
  blocked: "missed",
  outcome_unknown: "missed",
};

export function slotKind(slot: Pick<PlanSlot, "status">): SlotKind {
  return slot.status === null ? "free" : KIND[slot.status];
}

const HOUR = 3_600_000;

export interface DayShape {
  /** Milliseconds since the epoch at both ends of the line. */
  from: number;
  to: number;
  /** Full hours along the line. */
  hours: number[];
}

/** The waking hours with an hour on each side, wider when something stands outside them. */
export function dayShape(plan: AccountPlan): DayShape {
  const times = [
    Date.parse(plan.waking.start),
    Date.parse(plan.waking.end),
    ...plan.sessions.flatMap((span) => [Date.parse(span.start), Date.parse(span.end)]),
    ...plan.slots.map((slot) => Date.parse(slot.at)),
  ];
  const from = Math.floor(Math.min(...times) / HOUR) * HOUR - HOUR;
  const to = Math.ceil(Math.max(...times) / HOUR) * HOUR + HOUR;
  const hours: number[] = [];
  for (let at = from; at <= to; at += HOUR) hours.push(at);
  return { from, to, hours };
}

/** Where an instant stands on the line, in percent. */
export function percentOf(shape: DayShape, at: number): number {
  return ((at - shape.from) / (shape.to - shape.from)) * 100;
}

export function countKinds(slots: readonly PlanSlot[]): Record<SlotKind, number> {
  const counts: Record<SlotKind, number> = { done: 0, due: 0, waiting: 0, missed: 0, free: 0 };
  for (const slot of slots) counts[slotKind(slot)] += 1;
  return counts;
}

/** The picture in one sentence, for whoever cannot see it. */
export function planSentence(plan: AccountPlan): string {
  const counts = countKinds(plan.slots);
  const parts = (Object.keys(counts) as SlotKind[])
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${counts[kind]} ${SLOT_WORD[kind].toLowerCase()}`);
  const sessions = plan.sessions.length === 1 ? "1 session" : `${plan.sessions.length} sessions`;
  const awake = `${formatTime(plan.waking.start, plan.timezone)} to ${formatTime(plan.waking.end, plan.timezone)}`;
  return `${formatDay(plan.on)}: awake ${awake}, ${[sessions, ...parts].join(", ")}.`;
}

/** The plain date `days` after this one. */
export function shiftDay(on: string, days: number): string {
  const date = new Date(`${on}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
