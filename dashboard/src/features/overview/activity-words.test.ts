import type { LiveEvent } from "@/api/types/system";
import { activityLine, withEvent } from "./activity-words";

function event(extra: Partial<LiveEvent>): LiveEvent {
  return {
    seq: 1,
    at: "2026-01-01T10:00:00Z",
    type: "action.succeeded",
    actor: { kind: "system", id: null, name: "SocialSeed" },
    account_id: null,
    action_id: null,
    sentence: "",
    data: {},
    ...extra,
  };
}

test("an action is told by its account, kind and fate", () => {
  const data = { username: "mara", platform: "twitter", action_type: "reply" };
  expect(activityLine(event({ data }))).toEqual({ platform: "twitter", who: "mara", what: "reply done" });
});

test("an account's own event keeps its sentence behind the name", () => {
  const line = activityLine(
    event({
      type: "account.paused",
      sentence: "@mara on X was paused.",
      data: { username: "mara", platform: "twitter" },
    }),
  );
  expect(line).toEqual({ platform: "twitter", who: "mara", what: "was paused." });
});

test("an event without an account, or of a type not known here, is its sentence", () => {
  expect(activityLine(event({ type: "stop.set", sentence: "Everything is stopped." })).what).toBe(
    "Everything is stopped.",
  );
  const odd = event({
    type: "action.renamed",
    sentence: "Odd.",
    data: { username: "m", platform: "twitter" },
  });
  expect(activityLine(odd)).toEqual({ platform: "twitter", who: null, what: "Odd." });
});

test("new events go on top, once, and the list stays short", () => {
  const page = {
    items: Array.from({ length: 8 }, (_unused, at) => event({ seq: 8 - at })),
    next_cursor: null,
  };
  const next = withEvent(page, event({ seq: 9 }));
  expect(next?.items.map((item) => item.seq)).toEqual([9, 8, 7, 6, 5, 4, 3, 2]);
  expect(withEvent(next, event({ seq: 9 }))).toBe(next);
  expect(withEvent(undefined, event({ seq: 9 }))).toBeUndefined();
});
