import { asProblem, type ApiProblem } from "@/api/problem";
import { Button } from "./button";
import { Light } from "./light";

/** The one thing to do next, by problem code. */
export function nextStep(problem: ApiProblem): string {
  if (problem.code === "page_failed") return "Try again. If it lasts, reload the page.";
  if (problem.status === 0) return "Check your connection, then try again.";
  if (problem.status === 403) return "Ask an owner or admin of this workspace for access.";
  if (problem.status === 404) return "It may have been deleted. Go back to the list.";
  if (problem.status === 409) return "It changed meanwhile. Load it again to see its state.";
  if (problem.status === 429) {
    return problem.retryAfter === null
      ? "Wait a moment, then try again."
      : `Try again in ${problem.retryAfter} s.`;
  }
  if (problem.status >= 500) return "Try again. If it lasts, open Monitoring.";
  return "Correct it and try again.";
}

export interface ErrorStateProps {
  error: unknown;
  onRetry?: (() => void) | undefined;
  /** Overrides the step that follows from the problem. */
  step?: string;
}

/** Says what failed, its code and one next step. */
export function ErrorState({ error, onRetry, step }: ErrorStateProps) {
  const problem = asProblem(error);
  return (
    <div role="alert" className="mx-auto flex max-w-sm flex-col items-center gap-1.5 px-4 py-12 text-center">
      <Light light="red" size="lg" />
      <p className="text-base font-semibold">{problem.title}</p>
      <p className="text-ink-2">{problem.detail}</p>
      <p className="text-ink-2">{step ?? nextStep(problem)}</p>
      <code className="text-xs text-ink-3">{problem.code}</code>
      {onRetry === undefined ? null : (
        <Button className="mt-2" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** The same in one or two lines, above a form that keeps what was typed. */
export function ErrorNote({ error, step }: { error: unknown; step?: string }) {
  const problem = asProblem(error);
  return (
    <div
      role="alert"
      className="flex gap-2 rounded-lg border border-red-line bg-red-soft px-3 py-2 text-red-text"
    >
      <Light light="red" className="mt-0.5 self-start" />
      <p className="min-w-0">
        {problem.detail} {step ?? nextStep(problem)} <code className="text-xs">{problem.code}</code>
      </p>
    </div>
  );
}
