import type { Action, ActionDetail } from "@/api/types/actions";
import { RISK_NAME } from "@/lib/words";
import { ReasonList } from "@/ui/reason-list";
import { ScoreBar } from "@/ui/score-bar";

/** Why the light is what it is, and what would turn it green. */
export function Why({ action, detail }: { action: Action; detail: ActionDetail | undefined }) {
  const rules = detail?.verdict == null ? "" : `, rules ${detail.verdict.rule_set}`;
  return (
    <section aria-labelledby="why" className="flex flex-col gap-2">
      <h3 id="why">
        <span className="font-semibold">Why {RISK_NAME[action.light].toLowerCase()}</span>{" "}
        <span className="ml-1 text-ink-2">
          score {action.risk_score} of 100{rules}
        </span>
      </h3>
      <ScoreBar score={action.risk_score} />
      <ReasonList reasons={action.reasons} />
      {action.to_green.length === 0 ? null : (
        <div className="mt-1">
          <h4 className="font-medium">What would turn it green</h4>
          <ul className="mt-0.5 list-disc pl-4 text-ink-2 marker:text-green">
            {action.to_green.map((entry) => (
              <li key={entry}>{entry}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
