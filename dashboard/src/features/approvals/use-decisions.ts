"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { asProblem, type ApiProblem } from "@/api/problem";
import type { Action, ActionEdits, RejectReason } from "@/api/types/actions";
import { dismissToast, showToast } from "@/ui/toast";
import { approve, reject, snooze, undo } from "./queries";
import { dropRows, queueCache } from "./queue-cache";
import { sendBulk, type Refusal } from "./send-bulk";
import type { Hidden } from "./use-queue";
import { stepAfter } from "./words";

const TOAST = "decision";
const SNOOZE_MINUTES = 60;

interface Decision {
  ids: readonly string[];
  /** What was decided, for the toast: "Approved". */
  text: string;
  /** The ids that the server took. */
  taken: Promise<readonly string[]>;
}

export interface DecisionCallbacks {
  /** The rows left the queue. */
  onLeave: (ids: ReadonlySet<string>) => void;
  /** These rows are back in the queue by an undo. */
  onBack: (id: string) => void;
  /** Wants to see a row whose decision was refused. */
  onReview: (id: string) => void;
  onTaken: (ids: readonly string[]) => void;
}

export interface Decisions {
  hidden: Hidden;
  problems: ReadonlyMap<string, ApiProblem>;
  /** The action whose edited approval is on its way. */
  sending: string | null;
  approve: (row: Action, edits?: ActionEdits) => void;
  snooze: (row: Action) => void;
  reject: (rows: readonly Action[], reason: RejectReason, note: string) => void;
  approveAll: (rows: readonly Action[]) => void;
  undoLast: () => void;
  show: (id: string) => void;
}

/**
 * Decisions as they feel: the row leaves at once and comes back if the server refuses, with the reason
 * beside it. An edited approval waits for its answer in place, so that nothing typed is ever out of sight.
 */
export function useDecisions(callbacks: DecisionCallbacks): Decisions {
  const client = useQueryClient();
  const [hidden, setHidden] = useState<Hidden>(new Map());
  const [problems, setProblems] = useState<ReadonlyMap<string, ApiProblem>>(new Map());
  const [sending, setSending] = useState<string | null>(null);
  const log = useRef<Decision[]>([]);

  const cache = useMemo(() => queueCache(client), [client]);

  function hide(ids: readonly string[], until = Number.POSITIVE_INFINITY) {
    setHidden((before) => new Map([...before, ...ids.map((id) => [id, until] as const)]));
  }

  function show(...ids: readonly string[]) {
    setHidden((before) => new Map([...before].filter(([id]) => !ids.includes(id))));
  }

  function clearProblems(ids: readonly string[]) {
    setProblems((before) => new Map([...before].filter(([id]) => !ids.includes(id))));
  }

  async function refuse(refusals: readonly Refusal[], rows: readonly Action[]) {
    const first = refusals[0];
    if (first === undefined) return;
    const ids = refusals.map((entry) => entry.id);
    show(...ids);
    cache.count(
      rows.filter((row) => ids.includes(row.id)),
      1,
    );
    setProblems(
      (before) => new Map([...before, ...refusals.map(({ id, problem }) => [id, problem] as const)]),
    );
    void dismissToast(TOAST);
    const { problem } = first;
    void showToast({
      text: refusals.length === 1 ? "Not decided" : `${refusals.length} not decided`,
      detail: `${problem.detail} ${stepAfter(problem)} (${problem.code})`,
      kind: "error",
      id: `refused-${first.id}`,
      action: { label: "Review", run: () => callbacks.onReview(first.id) },
    });
    if (problem.code === "content_changed") await cache.reload(first.id);
    if (problem.code === "not_pending") cache.refresh();
  }

  /** Sends a decision whose rows leave at once. */
  function send(rows: readonly Action[], text: string, work: () => Promise<readonly Refusal[]>) {
    const ids = rows.map((row) => row.id);
    clearProblems(ids);
    callbacks.onLeave(new Set(ids));
    hide(ids);
    cache.count(rows, -1);
    const taken = work()
      .catch((error: unknown) => ids.map((id) => ({ id, problem: asProblem(error) })))
      .then((refusals) => settle(rows, refusals));
    offerUndo({ ids, text, taken });
  }

  async function settle(rows: readonly Action[], refusals: readonly Refusal[]) {
    const refused = new Set(refusals.map((entry) => entry.id));
    const ids = rows.map((row) => row.id).filter((id) => !refused.has(id));
    dropRows(client, new Set(ids));
    callbacks.onTaken(ids);
    await refuse(refusals, rows);
    return ids;
  }

  function offerUndo(decision: Decision) {
    log.current.push(decision);
    void showToast({
      text: decision.text,
      id: TOAST,
      action: { label: "Undo", run: () => void takeBack(decision) },
    });
    void decision.taken.then((ids) => {
      if (ids.length === 0) log.current = log.current.filter((entry) => entry !== decision);
    });
  }

  async function takeBack(decision: Decision) {
    if (!log.current.includes(decision)) return;
    log.current = log.current.filter((entry) => entry !== decision);
    void dismissToast(TOAST);
    const ids = await decision.taken;
    const answers = await Promise.allSettled(ids.map((id) => undo(id)));
    const back: Action[] = [];
    let failure: unknown = null;
    for (const answer of answers) {
      if (answer.status === "fulfilled") back.push(answer.value);
      else failure = answer.reason;
    }
    show(...back.map((row) => row.id));
    cache.count(back, 1);
    for (const row of back) cache.restore(row);
    const first = back[0];
    if (first !== undefined) callbacks.onBack(first.id);
    if (failure === null) return;
    const problem = asProblem(failure);
    void showToast({
      text: "Not undone",
      detail: `${problem.detail} ${stepAfter(problem)} (${problem.code})`,
      kind: "error",
    });
  }

  async function approveEdited(row: Action, edits: ActionEdits) {
    if (sending !== null) return;
    setSending(row.id);
    clearProblems([row.id]);
    try {
      await approve(row.id, row.content_hash, edits);
    } catch (error) {
      const problem = asProblem(error);
      setProblems((before) => new Map([...before, [row.id, problem]]));
      if (problem.code === "content_changed") await cache.reload(row.id);
      return;
    } finally {
      setSending(null);
    }
    callbacks.onTaken([row.id]);
    callbacks.onLeave(new Set([row.id]));
    hide([row.id]);
    cache.count([row], -1);
    dropRows(client, new Set([row.id]));
    offerUndo({ ids: [row.id], text: "Approved, edited", taken: Promise.resolve([row.id]) });
  }

  function many(rows: readonly Action[], decision: "approve" | "reject", reason?: RejectReason) {
    const word = decision === "approve" ? "approved" : "rejected";
    const ids = rows.map((row) => row.id);
    send(rows, `${rows.length} ${word}`, () => sendBulk(ids, decision, reason));
  }

  return {
    hidden,
    problems,
    sending,
    approve: (row, edits) => {
      if (edits !== undefined) void approveEdited(row, edits);
      else send([row], "Approved", () => approve(row.id, row.content_hash).then(() => []));
    },
    snooze: (row) =>
      send([row], "Snoozed for 1 h", async () => {
        const answer = await snooze(row.id, SNOOZE_MINUTES);
        if (answer.snoozed_until !== null) hide([row.id], Date.parse(answer.snoozed_until));
        return [];
      }),
    reject: (rows, reason, note) => {
      const only = rows[0];
      if (only === undefined) return;
      if (rows.length > 1) many(rows, "reject", reason);
      else send([only], "Rejected", () => reject(only.id, reason, note).then(() => []));
    },
    approveAll: (rows) => (rows.length === 0 ? undefined : many(rows, "approve")),
    undoLast: () => {
      const last = log.current.at(-1);
      if (last !== undefined) void takeBack(last);
    },
    show,
  };
}
