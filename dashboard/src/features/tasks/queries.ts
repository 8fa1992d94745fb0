import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Action, NextTask, Task, TaskOutcome } from "@/api/types/actions";
import type { Page } from "@/api/types/common";

export const TASKS = ["tasks"] as const;
const PAGE = 200;

/** Open and locked, in the order in which they unlock. */
export const taskListQuery = queryOptions({
  queryKey: [...TASKS, "list"],
  queryFn: ({ signal }) => api.get<Page<Task>>("/tasks", { query: { state: "all", limit: PAGE }, signal }),
});

export const nextTaskQuery = queryOptions({
  queryKey: [...TASKS, "next"],
  queryFn: ({ signal }) => api.get<NextTask>("/tasks/next", { signal }),
});

export interface Report {
  outcome: TaskOutcome;
  reason?: string;
}

export function complete(id: string, report: Report): Promise<Action> {
  return api.post<Action>(`/actions/${id}/complete`, report);
}

export function later(id: string, minutes: number): Promise<Task> {
  return api.post<Task>(`/tasks/${id}/later`, { minutes });
}
