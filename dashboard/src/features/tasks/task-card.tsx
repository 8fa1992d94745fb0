"use client";

import { Check, Clock, ExternalLink, Lock } from "lucide-react";
import type { ReactNode } from "react";
import type { ApiProblem } from "@/api/problem";
import type { Task, TaskOutcome } from "@/api/types/actions";
import { useNow } from "@/lib/clock";
import { cx } from "@/lib/cx";
import { safeHref } from "@/lib/safe-href";
import { ACTION_NAME, PLATFORM_NAME } from "@/lib/words";
import { Button, buttonClass } from "@/ui/button";
import { ErrorNote } from "@/ui/error-state";
import { Kbd } from "@/ui/kbd";
import { LightChip } from "@/ui/light";
import { PlatformMark } from "@/ui/platform-mark";
import { ReasonList } from "@/ui/reason-list";
import { TargetCard } from "@/ui/target-card";
import { CopyBox } from "./copy-box";
import { unlocksWhen, whatToDo, whoOf } from "./words";

const OTHER_OUTCOMES: readonly { outcome: TaskOutcome; label: string }[] = [
  { outcome: "target_gone", label: "Target gone" },
  { outcome: "blocked", label: "Blocked" },
  { outcome: "changed_mind", label: "Changed mind" },
];

export interface TaskCardProps {
  task: Task;
  open: boolean;
  disabled: boolean;
  problem: ApiProblem | undefined;
  onReport: (outcome: TaskOutcome) => void;
  onSkip: () => void;
  onLater: () => void;
}

/** One task, one decision: open it, do it there, say what came of it. */
export function TaskCard({ task, open, disabled, problem, onReport, onSkip, onLater }: TaskCardProps) {
  const barred = disabled || !open;
  return (
    <>
      <section
        data-testid="task-card"
        data-id={task.id}
        data-unlocked={open}
        aria-label="Task"
        className="scroll-thin min-h-0 flex-1 max-md:pb-[184px] md:overflow-y-auto"
      >
        <div className="flex flex-col gap-4 px-4 py-4 md:px-7 md:py-5">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <LightChip light={task.light} score={task.risk_score} />
            <span className="flex min-w-0 items-center gap-2 text-base">
              <PlatformMark platform={task.account.platform} />
              <span className="truncate">
                <span className="text-ink-2">{ACTION_NAME[task.action_type]} as</span>{" "}
                <span className="font-medium">@{task.account.username}</span>
              </span>
            </span>
            {open ? null : <Unlocks task={task} />}
          </div>
          <h2 className="text-xl font-semibold">{whatToDo(task)}</h2>
          {problem === undefined ? null : <ErrorNote error={problem} />}
          <TargetCard handle={whoOf(task)} data={task.target_data} />
          <Step n={1} title={`Open it on ${PLATFORM_NAME[task.account.platform]}`}>
            <DeepLink task={task} open={open} />
          </Step>
          {task.prepared_text === null ? null : (
            <Step n={2} title="Paste the prepared words">
              <CopyBox text={task.prepared_text} keys="c" />
            </Step>
          )}
          {task.reasons.length === 0 ? null : (
            <details className="rounded-lg">
              <summary className="rounded-sm text-ink-2">Why it has this light</summary>
              <div className="mt-2">
                <ReasonList reasons={task.reasons} />
              </div>
            </details>
          )}
        </div>
      </section>
      <div
        data-decision-bar=""
        role="group"
        aria-label="What came of it"
        className="shrink-0 border-t bg-surface px-4 py-2 max-md:fixed max-md:inset-x-0 max-md:bottom-[calc(56px+env(safe-area-inset-bottom))] max-md:z-20"
      >
        <div className="flex flex-wrap gap-2 max-md:grid max-md:grid-cols-6">
          {OTHER_OUTCOMES.map(({ outcome, label }) => (
            <Button
              key={outcome}
              size="decision"
              disabled={barred}
              className="max-md:col-span-2 max-md:h-11 max-md:px-0 max-md:text-sm max-[359px]:text-xs"
              onClick={() => onReport(outcome)}
            >
              {label}
            </Button>
          ))}
          <Button
            kind="ghost"
            size="decision"
            disabled={disabled}
            className="max-md:col-span-3 max-md:h-11"
            onClick={onSkip}
          >
            Skip…
          </Button>
          <Button
            kind="ghost"
            size="decision"
            keys="l"
            disabled={barred}
            title="Back in 1 h"
            className="max-md:col-span-3 max-md:h-11"
            icon={<Clock aria-hidden="true" className="size-4" />}
            onClick={onLater}
          >
            Later
          </Button>
          <Button
            kind="primary"
            size="decision"
            keys="d"
            data-testid="task-done"
            disabled={barred}
            className="ml-auto max-md:col-span-6 max-md:ml-0 max-md:h-[52px] max-md:text-lg"
            icon={<Check aria-hidden="true" className="size-4" />}
            onClick={() => onReport("done")}
          >
            Done
          </Button>
        </div>
      </div>
    </>
  );
}

function Step({ n, title, children }: { n: number; title: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-1.5 text-ink-2">
        {n}. {title}
      </h3>
      {children}
    </div>
  );
}

function DeepLink({ task, open }: { task: Task; open: boolean }) {
  const href = safeHref(task.deep_link);
  const look = cx(buttonClass("secondary", "decision"), "max-md:h-[52px] max-md:w-full max-md:text-lg");
  const icon = open ? (
    <ExternalLink aria-hidden="true" className="size-4" />
  ) : (
    <Lock aria-hidden="true" className="size-4" />
  );
  const label = `Open on ${PLATFORM_NAME[task.account.platform]}`;
  if (!open || href === undefined) {
    return (
      <span aria-disabled="true" className={look}>
        {icon}
        {href === undefined ? "No address is known" : label}
      </span>
    );
  }
  return (
    <a data-testid="deep-link" href={href} target="_blank" rel="noopener noreferrer" className={look}>
      {icon}
      {label}
      <span className="sr-only"> (new tab)</span>
      <Kbd keys="o" />
    </a>
  );
}

function Unlocks({ task }: { task: Task }) {
  const now = useNow(1000);
  if (now === 0) return null;
  return (
    <span className="flex items-center gap-1.5 text-ink-2">
      <Lock aria-hidden="true" className="size-3.5" />
      {unlocksWhen(task, now)}
    </span>
  );
}
