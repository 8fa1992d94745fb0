import { INITIAL_LIVE, parseLiveMessage, reduceLive, type LiveSignal, type LiveState } from "./live-state";
import type { LiveEvent } from "./types/system";

function event(seq: number): LiveEvent {
  return {
    seq,
    at: "2026-01-01T00:00:00Z",
    type: "action.proposed",
    actor: { kind: "system", id: null, name: "SocialSeed" },
    account_id: null,
    action_id: null,
    sentence: "",
    data: {},
  };
}

function run(state: LiveState, first: LiveSignal, ...signals: LiveSignal[]) {
  return signals.reduce((last, signal) => reduceLive(last.state, signal), reduceLive(state, first));
}

const leader: LiveState = { leader: true, status: "live", lastSeq: 10 };
const follower: LiveState = { ...leader, leader: false };

test("the leader hands an event on and repeats it to the other tabs", () => {
  const step = reduceLive(leader, { kind: "received", event: event(11) });
  expect(step.deliver?.seq).toBe(11);
  expect(step.tell).toEqual([{ kind: "event", event: event(11) }]);
});

test("a follower hands an event on and repeats it to nobody", () => {
  const step = reduceLive(follower, { kind: "told", message: { kind: "event", event: event(11) } });
  expect(step.deliver?.seq).toBe(11);
  expect(step.tell).toEqual([]);
});

test("an event seen before is handed on once only", () => {
  expect(reduceLive(leader, { kind: "received", event: event(10) }).deliver).toBeNull();
  const told: LiveSignal = { kind: "told", message: { kind: "event", event: event(11) } };
  const twice = run(follower, told, told);
  expect(twice.deliver).toBeNull();
});

test("only the leader answers a new tab, and only followers believe a status", () => {
  expect(reduceLive(leader, { kind: "told", message: { kind: "ask" } }).tell).toHaveLength(1);
  expect(reduceLive(follower, { kind: "told", message: { kind: "ask" } }).tell).toHaveLength(0);
  const message = { kind: "status", status: "reconnecting" } as const;
  expect(reduceLive(follower, { kind: "told", message }).state.status).toBe("reconnecting");
  expect(reduceLive(leader, { kind: "told", message }).state.status).toBe("live");
});

test("a new leader that finds the stream ahead of it reports a gap to every tab", () => {
  const led = run(follower, { kind: "led" });
  const step = reduceLive(led.state, { kind: "hello", seq: 14 });
  expect(step.gap).toBe(true);
  expect(step.tell).toEqual([{ kind: "gap", seq: 14 }]);
  expect(reduceLive(step.state, { kind: "received", event: event(12) }).deliver?.seq).toBe(12);
});

test("the first greeting is where this tab begins, not a gap", () => {
  const step = reduceLive(INITIAL_LIVE, { kind: "hello", seq: 14 });
  expect(step.gap).toBe(false);
  expect(step.state.lastSeq).toBe(14);
});

test("goes offline, comes back reconnecting, and is live when the stream opens", () => {
  const off = reduceLive(leader, { kind: "network", online: false });
  expect(off.state.status).toBe("offline");
  expect(reduceLive(off.state, { kind: "broke" }).state.status).toBe("offline");
  const on = reduceLive(off.state, { kind: "network", online: true });
  expect(on.state.status).toBe("reconnecting");
  expect(reduceLive(on.state, { kind: "opened" }).state.status).toBe("live");
});

test("refuses what is not an event", () => {
  expect(parseLiveMessage("not json")).toBeNull();
  expect(parseLiveMessage("null")).toBeNull();
  expect(parseLiveMessage('{"type":"x"}')).toBeNull();
  expect(parseLiveMessage('{"type":"hello","seq":3}')).toEqual({ type: "hello", seq: 3 });
});
