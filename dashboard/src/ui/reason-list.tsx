import type { LightColour } from "@/api/types/common";
import type { Reason } from "@/api/types/actions";
import { cx } from "@/lib/cx";
import { formatSigned } from "@/lib/format";
import { Light } from "./light";

/** Where a single reason's weight alone would put the light; it only chooses the mark beside it. */
export function lightOfReason(reason: Pick<Reason, "effect" | "weight">): LightColour {
  if (reason.effect === "forbid" || reason.weight >= 25) return "red";
  return reason.weight >= 10 ? "yellow" : "green";
}

const WEIGHT: Record<LightColour, string> = {
  green: "text-green-text",
  yellow: "text-yellow-text",
  red: "text-red-text",
};

/** The reasons of a verdict, heaviest first, each with its weight, its evidence and what clears it. */
export function ReasonList({ reasons }: { reasons: readonly Reason[] }) {
  if (reasons.length === 0) return <p className="text-ink-2">Nothing speaks against it.</p>;
  const sorted = [...reasons].sort((a, b) => rank(b) - rank(a));
  return (
    <ul className="rounded-lg border">
      {sorted.map((reason, at) => {
        const light = lightOfReason(reason);
        return (
          <li
            key={`${reason.code}-${at}`}
            className="flex items-center gap-3 border-b px-3.5 py-2 last:border-b-0"
          >
            <Light light={light} />
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{reason.sentence}</span>
              {reason.evidence === null ? null : (
                <span className="block text-xs text-ink-2">{reason.evidence}</span>
              )}
              {reason.clears === null ? null : (
                <span className="block text-xs text-ink-3">Clears: {reason.clears}</span>
              )}
            </span>
            <span className={cx("font-medium whitespace-nowrap", WEIGHT[light])}>
              {reason.effect === "forbid" ? "Forbids" : formatSigned(reason.weight)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function rank(reason: Reason): number {
  return reason.effect === "forbid" ? 1000 + reason.weight : reason.weight;
}
