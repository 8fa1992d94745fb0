import type { LiveEvent } from "./types/system";

/**
 * The rules of the shared live feed, without any browser in them: one tab leads and holds the stream,
 * the others follow over a channel. Given a state and a signal, says the next state, what to tell the
 * other tabs and what to hand to this tab's listeners.
 */
export type LiveStatus = "connecting" | "live" | "reconnecting" | "offline";

export interface LiveState {
  leader: boolean;
  status: LiveStatus;
  /** Highest sequence number handed out in this tab; 0 before the first. */
  lastSeq: number;
}

export type TabMessage =
  | { kind: "status"; status: LiveStatus }
  | { kind: "event"; event: LiveEvent }
  | { kind: "gap"; seq: number }
  | { kind: "ask" };

export type LiveSignal =
  | { kind: "led" }
  | { kind: "opened" }
  | { kind: "broke" }
  | { kind: "network"; online: boolean }
  | { kind: "hello"; seq: number }
  | { kind: "received"; event: LiveEvent }
  | { kind: "told"; message: TabMessage };

export interface LiveStep {
  state: LiveState;
  tell: readonly TabMessage[];
  deliver: LiveEvent | null;
  /** Events may have been missed: what is on screen must be read again. */
  gap: boolean;
}

export const INITIAL_LIVE: LiveState = { leader: false, status: "connecting", lastSeq: 0 };

function step(state: LiveState, extra: Partial<Omit<LiveStep, "state">> = {}): LiveStep {
  return { state, tell: [], deliver: null, gap: false, ...extra };
}

function withStatus(state: LiveState, status: LiveStatus): LiveStep {
  const next = { ...state, status };
  return step(next, state.leader ? { tell: [{ kind: "status", status }] } : {});
}

function take(state: LiveState, event: LiveEvent, tell: readonly TabMessage[]): LiveStep {
  if (event.seq <= state.lastSeq) return step(state);
  return step({ ...state, lastSeq: event.seq }, { deliver: event, tell });
}

function meet(state: LiveState, seq: number, tell: readonly TabMessage[]): LiveStep {
  const missed = state.lastSeq !== 0 && seq > state.lastSeq;
  // The missed events may still be replayed, so the mark stays where it is; it moves only from 0.
  const lastSeq = state.lastSeq === 0 ? seq : state.lastSeq;
  return step({ ...state, lastSeq }, { gap: missed, tell });
}

function told(state: LiveState, message: TabMessage): LiveStep {
  switch (message.kind) {
    case "ask":
      return step(state, state.leader ? { tell: [{ kind: "status", status: state.status }] } : {});
    case "status":
      return state.leader ? step(state) : step({ ...state, status: message.status });
    case "event":
      return take(state, message.event, []);
    case "gap":
      return meet(state, message.seq, []);
  }
}

export function reduceLive(state: LiveState, signal: LiveSignal): LiveStep {
  switch (signal.kind) {
    case "led":
      return step({ ...state, leader: true });
    case "opened":
      return withStatus(state, "live");
    case "broke":
      return withStatus(state, state.status === "offline" ? "offline" : "reconnecting");
    case "network":
      if (!signal.online) return withStatus(state, "offline");
      return state.status === "offline" ? withStatus(state, "reconnecting") : step(state);
    case "hello":
      return meet(state, signal.seq, [{ kind: "gap", seq: signal.seq }]);
    case "received":
      return take(state, signal.event, [{ kind: "event", event: signal.event }]);
    case "told":
      return told(state, signal.message);
  }
}

/** Parses one message of the stream; null for anything that is not an event. */
export function parseLiveMessage(data: string): LiveEvent | { type: "hello"; seq: number } | null {
  try {
    const raw = JSON.parse(data) as Partial<LiveEvent> | null;
    if (raw === null || typeof raw.type !== "string" || typeof raw.seq !== "number") return null;
    return raw as LiveEvent;
  } catch {
    return null;
  }
}
