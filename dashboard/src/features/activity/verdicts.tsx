"use client";

import { useQuery } from "@tanstack/react-query";
import type { StoredVerdict } from "@/api/types/safety";
import { formatInstant } from "@/lib/format";
import { ErrorNote } from "@/ui/error-state";
import { LightChip } from "@/ui/light";
import { SkeletonRows } from "@/ui/skeleton";
import { verdictsQuery } from "./queries";
import { evidenceName, evidenceText } from "./words";

const STAGE: Record<StoredVerdict["stage"], string> = {
  propose: "when it was proposed",
  edit: "when it was edited",
  send: "just before it was sent",
};

/** Every assessment with its facts, and whether today's rules would say the same. */
export function Verdicts({ id }: { id: string }) {
  const verdicts = useQuery(verdictsQuery(id));
  if (verdicts.data === undefined) {
    return verdicts.isError ? <ErrorNote error={verdicts.error} /> : <SkeletonRows rows={2} />;
  }
  return (
    <ul className="flex flex-col gap-3" aria-label="Assessments">
      {verdicts.data.items.map((one) => (
        <li key={one.id} className="rounded-lg border px-3.5 py-2.5">
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <LightChip light={one.light} score={one.score} />
            <span>
              {STAGE[one.stage]}, <span className="text-ink-2">{formatInstant(one.assessed_at)}</span>
            </span>
            <span className="text-ink-3">
              {one.replay === null
                ? "its facts can no longer be replayed"
                : one.replay.same
                  ? "today's rules say the same"
                  : `today's rules (${one.replay.rule_set}) say ${one.replay.light}, ${one.replay.score}`}
            </span>
          </p>
          <details className="mt-1">
            <summary className="w-fit text-ink-2 hover:text-ink">The facts</summary>
            <dl className="mt-1 grid grid-cols-[minmax(6rem,max-content)_1fr] gap-x-4 gap-y-0.5">
              {Object.entries(one.facts).map(([key, value]) => (
                <div key={key} className="contents">
                  <dt className="text-ink-3">{evidenceName(key)}</dt>
                  <dd className="min-w-0 font-mono text-xs leading-5 break-all">{evidenceText(value)}</dd>
                </div>
              ))}
            </dl>
          </details>
        </li>
      ))}
    </ul>
  );
}
