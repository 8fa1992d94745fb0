import type { Action, ActionDetail, Task } from "@/api/types/actions";

/** Actions for tests: ordinary ones, changed where a test says so. */
export function anAction(id: string, change: Partial<Action> = {}): Action {
  return {
    id,
    account_id: "acc",
    account: { id: "acc", platform: "twitter", username: "quietinfra", light: "green", phase: "phase_2" },
    action_type: "reply",
    target_account: "kai",
    target_data: { text: `Words of ${id}`, person: { handle: "kai", display_name: "Kai Nakamura" } },
    content_hash: `hash-${id}`,
    status: "awaiting_approval",
    light: "green",
    risk_score: 9,
    reasons: [],
    to_green: [],
    mode: "api",
    requires_approval: true,
    proposed_by: { kind: "planner", id: null, name: "Planner" },
    created_at: "2026-01-01T00:00:00Z",
    expires_at: null,
    snoozed_until: null,
    held_until: null,
    scheduled_at: null,
    executed_at: null,
    settled_at: null,
    remote_id: null,
    remote_url: null,
    verified: null,
    failure: null,
    replaces: null,
    worth: 1,
    minutes: 0.05,
    deferred_until: null,
    deferred_because: null,
    ...change,
  };
}

export function aDetail(action: Action): ActionDetail {
  return {
    ...action,
    timeline: [],
    verdict: {
      light: action.light,
      score: action.risk_score,
      rule_set: "1",
      facts_digest: "",
      assessed_at: action.created_at,
      stage: "proposal",
    },
    attempts: [],
    waits_for: null,
    with_person: [],
  };
}

export function aTask(id: string, change: Partial<Task> = {}): Task {
  return {
    ...anAction(id, { status: "awaiting_human", mode: "human" }),
    deep_link: `https://platform.example/${id}`,
    prepared_text: null,
    unlocks_at: "2026-01-01T00:00:00Z",
    unlocked: true,
    ...change,
  };
}
