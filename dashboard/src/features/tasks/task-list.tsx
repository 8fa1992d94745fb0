"use client";

import { Lock } from "lucide-react";
import type { Task } from "@/api/types/actions";
import { useNow } from "@/lib/clock";
import { cx } from "@/lib/cx";
import { Light } from "@/ui/light";
import { PlatformMark } from "@/ui/platform-mark";
import { unlocksWhen, whatToDo } from "./words";

export interface TaskListProps {
  open: readonly Task[];
  locked: readonly Task[];
  currentId: string | null;
  onChoose: (id: string) => void;
}

/** What can be done now, then what unlocks later at the account's pace. */
export function TaskList({ open, locked, currentId, onChoose }: TaskListProps) {
  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-y-auto">
      <Group title="Open" tasks={open} {...{ currentId, onChoose }} />
      <Group title="Locked" tasks={locked} locked {...{ currentId, onChoose }} />
    </div>
  );
}

interface GroupProps {
  title: string;
  tasks: readonly Task[];
  locked?: boolean;
  currentId: string | null;
  onChoose: (id: string) => void;
}

function Group({ title, tasks, locked = false, currentId, onChoose }: GroupProps) {
  const now = useNow();
  if (tasks.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="border-b bg-bg px-4 py-1.5 text-xs text-ink-2">
        {title} {tasks.length}
      </h2>
      <ul>
        {tasks.map((task) => (
          <li
            key={task.id}
            className={cx(
              "relative border-b [contain-intrinsic-height:68px] [content-visibility:auto]",
              task.id === currentId ? "bg-accent-soft" : "hover:bg-raised/60",
            )}
          >
            {task.id === currentId ? (
              <span aria-hidden="true" className="absolute inset-y-0 left-0 w-0.5 bg-accent" />
            ) : null}
            <button
              type="button"
              data-testid="task-row"
              data-id={task.id}
              aria-current={task.id === currentId ? "true" : undefined}
              onClick={() => onChoose(task.id)}
              className="focus-inset flex h-[68px] w-full flex-col justify-center gap-0.5 px-4 text-left"
            >
              <span className="flex w-full items-center gap-1.5">
                <Light light={task.light} />
                <span className="truncate text-base leading-5 font-medium">{whatToDo(task)}</span>
                {locked ? (
                  <span className="ml-auto flex items-center gap-1 text-xs whitespace-nowrap text-ink-2">
                    <Lock aria-hidden="true" className="size-3" />
                    {unlocksWhen(task, now)}
                  </span>
                ) : null}
              </span>
              <span className="flex w-full items-center gap-1.5 text-ink-2">
                <PlatformMark platform={task.account.platform} className="size-4" />
                <span className="truncate">
                  @{task.account.username}
                  {task.prepared_text === null ? "" : ` · ${task.prepared_text}`}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
