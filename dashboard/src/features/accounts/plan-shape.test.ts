import type { AccountPlan } from "@/api/types/accounts";
import { countKinds, dayShape, percentOf, planSentence, shiftDay, slotKind } from "./plan-shape";

const slot = (at: string, status: AccountPlan["slots"][number]["status"]) => ({
  at,
  status,
  action_id: status === null ? null : "a",
  action_type: status === null ? null : ("reply" as const),
  target_account: null,
  why: "",
});

const plan: AccountPlan = {
  account_id: "a",
  on: "2026-03-02",
  timezone: "UTC",
  waking: { start: "2026-03-02T07:30:00Z", end: "2026-03-02T22:00:00Z" },
  sessions: [{ start: "2026-03-02T08:00:00Z", end: "2026-03-02T09:00:00Z" }],
  slots: [slot("2026-03-02T08:10:00Z", "succeeded"), slot("2026-03-02T23:30:00Z", null)],
  limits: [],
  quiet: false,
  ramp: null,
  budget: 40,
};

test("the line holds the waking hours and whatever stands outside them", () => {
  const shape = dayShape(plan);
  expect(new Date(shape.from).toISOString()).toBe("2026-03-02T06:00:00.000Z");
  expect(new Date(shape.to).toISOString()).toBe("2026-03-03T01:00:00.000Z");
  expect(shape.hours).toHaveLength(20);
  expect(percentOf(shape, shape.from)).toBe(0);
  expect(percentOf(shape, shape.to)).toBe(100);
});

test("a slot without an action is free, and one that was refused is not done", () => {
  expect(slotKind({ status: null })).toBe("free");
  expect(slotKind({ status: "rejected" })).toBe("missed");
  expect(countKinds(plan.slots)).toEqual({ done: 1, due: 0, waiting: 0, missed: 0, free: 1 });
});

test("the day is also a sentence", () => {
  expect(planSentence(plan)).toBe("Mar 2: awake 07:30 to 22:00, 1 session, 1 done, 1 free slot.");
});

test("days are counted over month ends", () => {
  expect(shiftDay("2026-02-28", 1)).toBe("2026-03-01");
  expect(shiftDay("2026-01-01", -1)).toBe("2025-12-31");
});
