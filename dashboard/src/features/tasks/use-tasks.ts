"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { asProblem, type ApiProblem } from "@/api/problem";
import type { Action, Task } from "@/api/types/actions";
import { useLiveEvents, useLiveRefresh } from "@/lib/live";
import { actionQuery, approvalsSummaryQuery, profileQuery } from "@/lib/shared-queries";
import { showToast } from "@/ui/toast";
import { complete, later, nextTaskQuery, taskListQuery, TASKS, type Report } from "./queries";

const EVENTS = ["action."];
const LATER_MINUTES = 60;
const SHOWN = 5;

/** Open and locked tasks without those just reported, kept fresh by the live feed. */
function useTaskRows(leaving: ReadonlySet<string>) {
  const client = useQueryClient();
  const list = useQuery(taskListQuery);
  const next = useQuery(nextTaskQuery);

  useLiveRefresh(EVENTS, TASKS, 1500);
  useLiveEvents(EVENTS, (event) => {
    if (event.action_id === null) return;
    void client.invalidateQueries({ queryKey: actionQuery(event.action_id).queryKey });
  });

  const rows = useMemo(() => {
    const known = list.data?.items ?? [];
    const offered = next.data?.task ?? null;
    // The list holds what fits in one page; the one to do next is always among the rows.
    const all =
      offered === null || known.some((task) => task.id === offered.id) ? known : [offered, ...known];
    return all.filter((task) => !leaving.has(task.id));
  }, [list.data, next.data, leaving]);

  return {
    rows,
    open: rows.filter((task) => task.unlocked),
    locked: rows.filter((task) => !task.unlocked),
    nextUnlockAt: next.data?.next_unlock_at ?? null,
    loading: list.isPending && next.isPending,
    /** Both reads are fresh: what is not among the rows is settled. */
    fresh: list.isSuccess && !list.isFetching && next.isSuccess && !next.isFetching,
    error: list.isError && list.data === undefined ? list.error : null,
  };
}

/** The tasks, which one is on the card, and what was reported in this visit. */
export function useTasks() {
  const client = useQueryClient();
  const role = useQuery(profileQuery).data?.workspace.role;
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const [chosen, choose] = useState<string | null>(null);
  const [pinned, setPinned] = useState<Task | null>(null);
  const [reported, setReported] = useState<readonly Action[]>([]);
  const [problems, setProblems] = useState<ReadonlyMap<string, ApiProblem>>(new Map());
  const { rows, open, locked, ...read } = useTaskRows(leaving);

  // The card stays with the task that was shown until it is reported or another one is chosen.
  const first = open[0];
  if (chosen === null && first !== undefined) choose(first.id);
  const row = rows.find((task) => task.id === chosen);
  if (row !== undefined && row !== pinned) setPinned(row);
  const current = row ?? (pinned?.id === chosen ? pinned : null);

  function leave(task: Task) {
    const at = open.findIndex((entry) => entry.id === task.id);
    setLeaving((before) => new Set([...before, task.id]));
    setProblems((before) => new Map([...before].filter(([id]) => id !== task.id)));
    choose((open[at + 1] ?? open.find((entry) => entry.id !== task.id))?.id ?? null);
  }

  function comeBack(task: Task, error: unknown) {
    const problem = asProblem(error);
    setLeaving((before) => new Set([...before].filter((id) => id !== task.id)));
    setProblems((before) => new Map([...before, [task.id, problem]]));
    choose(task.id);
  }

  async function send(task: Task, work: () => Promise<unknown>) {
    leave(task);
    try {
      await work();
    } catch (error) {
      comeBack(task, error);
      return;
    }
    await Promise.all([
      client.invalidateQueries({ queryKey: TASKS }),
      client.invalidateQueries({ queryKey: approvalsSummaryQuery.queryKey }),
    ]);
    setLeaving((before) => new Set([...before].filter((id) => id !== task.id)));
  }

  return {
    ...read,
    open,
    locked,
    current,
    settledElsewhere: row === undefined && read.fresh,
    reported,
    problem: current === null ? undefined : problems.get(current.id),
    retry: () => void client.invalidateQueries({ queryKey: TASKS }),
    mayDecide: role !== "viewer",
    choose,
    move: (by: number) => {
      const all = [...open, ...locked];
      const at = all.findIndex((task) => task.id === chosen);
      choose(all[Math.min(all.length - 1, Math.max(0, at + by))]?.id ?? null);
    },
    report: (task: Task, report: Report) =>
      void send(task, async () => {
        const answer = await complete(task.id, report);
        client.removeQueries({ queryKey: actionQuery(task.id).queryKey });
        setReported((before) => [answer, ...before].slice(0, SHOWN));
      }),
    later: (task: Task) =>
      void send(task, async () => {
        await later(task.id, LATER_MINUTES);
        void showToast({ text: "Put off for 1 h" });
      }),
  };
}

export type Tasks = ReturnType<typeof useTasks>;
