"use client";

import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Action, ActionDetail } from "@/api/types/actions";
import type { LightColour } from "@/api/types/common";
import { actionQuery, approvalsSummaryQuery, profileQuery } from "@/lib/shared-queries";
import { bulkState, movedBy, nextAfter } from "./bulk-rules";
import type { QueueFilter } from "./queries";
import { useDecisions } from "./use-decisions";
import { useDrafts } from "./use-drafts";
import { useQueue } from "./use-queue";

const LIGHTS: readonly string[] = ["green", "yellow", "red"];

function filterOf(search: URLSearchParams): QueueFilter {
  const light = search.get("light") ?? "";
  return {
    light: LIGHTS.includes(light) ? (light as LightColour) : null,
    q: search.get("q") ?? "",
    deferred: search.get("deferred") === "true",
  };
}

/** An action that is being read, and how far it may still be decided. */
export interface Current {
  action: Action;
  detail: ActionDetail | undefined;
  /** Its place in the queue from 1; null when it is not in the loaded list. */
  place: number | null;
  /** Why it can no longer be decided, as a sentence; null while it can. */
  gone: string | null;
}

/** From where a move counts: a row that left the list gave its place to the next one. */
function startOf(at: number, stoodAt: number, by: number): number {
  if (at !== -1) return at;
  return by > 0 ? stoodAt - 1 : stoodAt;
}

function useDetail(id: string | null) {
  const read = useQuery({ ...actionQuery(id ?? ""), enabled: id !== null });
  return {
    detail: read.data,
    failure: read.isError ? read.error : null,
    readAgain: () => void read.refetch(),
  };
}

/**
 * The state of the approvals page: what is shown, chosen, selected and edited. An action that leaves the
 * queue while it is being read stays on screen until the reader moves on, so that a key never decides
 * something unseen.
 */
export function useApprovals() {
  const [address] = useState(() => new URLSearchParams(window.location.search));
  const [filter, setFilterState] = useState<QueueFilter>(() => filterOf(address));
  const [chosen, setChosen] = useState<string | null>(() => address.get("id"));
  const [pinned, setPinned] = useState<{ row: Action; at: number } | null>(null);
  const [checked, setChecked] = useState<ReadonlySet<string>>(new Set());
  const [editing, setEditing] = useState<string | null>(null);
  const [left, setLeft] = useState<ReadonlyMap<string, string>>(new Map());
  const wantsFocus = useRef(false);
  const drafts = useDrafts();
  const summary = useQuery(approvalsSummaryQuery);
  const role = useQuery(profileQuery).data?.workspace.role;

  const choose = useCallback((id: string | null) => {
    setChosen(id);
    setEditing((open) => (open === id ? open : null));
  }, []);

  function back(id: string) {
    setLeft((before) => new Map([...before].filter(([key]) => key !== id)));
  }

  const decisions = useDecisions({
    onLeave: (ids) => {
      wantsFocus.current = true;
      setChecked((before) => new Set([...before].filter((id) => !ids.has(id))));
      setChosen((from) => nextAfter(queue.rows, ids, from));
      setEditing(null);
    },
    onBack: (id) => {
      back(id);
      wantsFocus.current = true;
      choose(id);
    },
    onReview: choose,
    onTaken: drafts.drop,
  });
  const queue = useQueue(filter, decisions.hidden, {
    left: (id, sentence) => setLeft((before) => new Map([...before, [id, sentence]])),
    back: (id) => {
      back(id);
      decisions.show(id);
    },
  });

  const { detail, failure, readAgain } = useDetail(chosen);
  const at = queue.rows.findIndex((entry) => entry.id === chosen);
  const row = queue.rows[at];
  // What is shown is chosen once and stays: see above.
  const first = queue.rows[0];
  if (chosen === null && first !== undefined) setChosen(first.id);
  if (row !== undefined && (row !== pinned?.row || at !== pinned.at)) setPinned({ row, at });

  const action = row ?? detail ?? (pinned?.row.id === chosen ? pinned.row : undefined);
  const current = action === undefined ? null : currentOf(action);

  function currentOf(shown: Action): Current {
    const decidedElsewhere =
      row === undefined && shown.status !== "awaiting_approval" ? "It was decided meanwhile." : null;
    const gone = decisions.sending === shown.id ? null : (left.get(shown.id) ?? decidedElsewhere);
    return { action: shown, detail, place: at === -1 ? null : at + 1, gone };
  }

  const selected = useMemo(() => queue.rows.filter((entry) => checked.has(entry.id)), [queue.rows, checked]);

  return {
    filter,
    summary: summary.data,
    queue,
    decisions,
    drafts,
    current,
    chosen,
    editing: editing !== null && editing === chosen,
    selected,
    checked,
    bulk: bulkState(selected),
    mayDecide: role !== "viewer",
    choose,
    setEditing,
    /** The chosen action could not be read at all. */
    unreadable: current === null ? failure : null,
    readAgain,
    /** Whether the row that is rendered as current should take the focus; asked once per move. */
    takesFocus: useCallback(() => {
      const wanted = wantsFocus.current;
      wantsFocus.current = false;
      return wanted;
    }, []),
    setFilter: (next: QueueFilter) => {
      setFilterState(next);
      setChecked(new Set());
      choose(null);
    },
    move: (by: number) => {
      wantsFocus.current = true;
      choose(movedBy(queue.rows, startOf(at, pinned?.at ?? 0, by), by) ?? chosen);
    },
    check: (id: string) =>
      setChecked((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    checkAll: () =>
      setChecked((before) =>
        queue.rows.every((entry) => before.has(entry.id))
          ? new Set()
          : new Set(queue.rows.map((entry) => entry.id)),
      ),
    clearChecks: () => setChecked(new Set()),
  };
}

export type Approvals = ReturnType<typeof useApprovals>;
