"use client";

import { CircleCheckBig } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Task } from "@/api/types/actions";
import { useNow } from "@/lib/clock";
import { formatDuration } from "@/lib/format";
import { safeHref } from "@/lib/safe-href";
import { useShortcuts } from "@/lib/use-shortcuts";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Reported } from "./claim-mark";
import { TaskCard } from "./task-card";
import { TaskList } from "./task-list";
import { TasksSkeleton } from "./tasks-skeleton";
import { useTasks, type Tasks } from "./use-tasks";

const SkipSheet = dynamic(() => import("./skip-sheet").then((module) => module.SkipSheet), { ssr: false });

export function TasksBody() {
  const tasks = useTasks();
  const [skipping, setSkipping] = useState<Task | null>(null);
  useTaskKeys(tasks);
  if (tasks.loading) return <TasksSkeleton />;
  if (tasks.error !== null && tasks.current === null) {
    return <ErrorState error={tasks.error} onRetry={tasks.retry} />;
  }
  const { current } = tasks;
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex w-[440px] shrink-0 flex-col border-r max-lg:w-[340px] max-md:hidden">
        {tasks.open.length + tasks.locked.length === 0 ? (
          <p className="px-4 py-3 text-ink-2">No tasks are planned.</p>
        ) : (
          <TaskList
            open={tasks.open}
            locked={tasks.locked}
            currentId={current?.id ?? null}
            onChoose={tasks.choose}
          />
        )}
      </div>
      <div className="flex min-w-0 flex-1 flex-col">
        <Reported actions={tasks.reported} />
        {current === null ? (
          <AllDone at={tasks.nextUnlockAt} />
        ) : (
          <>
            {tasks.settledElsewhere ? (
              <p role="status" className="border-b bg-raised px-4 py-2 md:px-7">
                This task was settled meanwhile. Choose another one.
              </p>
            ) : null}
            <TaskCard
              key={current.id}
              task={current}
              open={current.unlocked}
              disabled={!tasks.mayDecide || tasks.settledElsewhere}
              problem={tasks.problem}
              onReport={(outcome) => tasks.report(current, { outcome })}
              onSkip={() => setSkipping(current)}
              onLater={() => tasks.later(current)}
            />
          </>
        )}
      </div>
      {skipping === null ? null : (
        <SkipSheet
          onClose={() => setSkipping(null)}
          onChoose={(reason) => {
            setSkipping(null);
            tasks.report(skipping, { outcome: "skipped", reason });
          }}
        />
      )}
    </div>
  );
}

/** The keys of the card. They act on an open task only, as its buttons do. */
function useTaskKeys(tasks: Tasks) {
  const { current } = tasks;
  const ready = current !== null && tasks.mayDecide && !tasks.settledElsewhere && current.unlocked;
  useShortcuts([
    { keys: ["j", "arrowdown"], label: "Next task", group: "Tasks", repeats: true, run: () => tasks.move(1) },
    {
      keys: ["k", "arrowup"],
      label: "Previous task",
      group: "Tasks",
      repeats: true,
      run: () => tasks.move(-1),
    },
    {
      keys: "o",
      label: "Open on the platform",
      group: "Tasks",
      run: () => {
        const href = ready ? safeHref(current.deep_link) : undefined;
        if (href !== undefined) window.open(href, "_blank", "noopener,noreferrer");
      },
    },
    {
      keys: "c",
      label: "Copy the prepared text",
      group: "Tasks",
      run: () => {
        const text = current?.prepared_text ?? null;
        if (text !== null) document.querySelector<HTMLElement>("[data-testid=copy-text]")?.click();
      },
    },
    {
      keys: "d",
      label: "Done",
      group: "Tasks",
      run: () => {
        if (ready) tasks.report(current, { outcome: "done" });
      },
    },
    {
      keys: "l",
      label: "Later, in 1 h",
      group: "Tasks",
      run: () => {
        if (ready) tasks.later(current);
      },
    },
  ]);
}

function AllDone({ at }: { at: string | null }) {
  const now = useNow();
  return (
    <EmptyState
      icon={<CircleCheckBig aria-hidden="true" className="size-6" />}
      title="Nothing to do now"
      text={
        at === null
          ? "Tasks appear here when a plan asks for something only a person may do."
          : `The next task unlocks in ${formatDuration((Date.parse(at) - now) / 1000)}.`
      }
    />
  );
}
