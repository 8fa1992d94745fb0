"use client";

import { useQuery } from "@tanstack/react-query";
import type { Action } from "@/api/types/actions";
import { useNow } from "@/lib/clock";
import { actionQuery } from "@/lib/shared-queries";
import { STATUS_NAME } from "@/lib/words";
import { Badge, type BadgeTone } from "@/ui/badge";
import { Link } from "@/ui/link";
import { CLAIM_NAME, claimOf, whatToDo, type Claim } from "./words";

const TONE: Record<Claim, BadgeTone> = {
  verified: "green",
  verifying: "neutral",
  claimed: "neutral",
  refuted: "yellow",
  other: "neutral",
};

/** What came of the tasks reported a moment ago, kept current while the official check runs. */
export function Reported({ actions }: { actions: readonly Action[] }) {
  if (actions.length === 0) return null;
  return (
    <section aria-label="Just reported" className="px-4 py-3 md:px-7">
      <h3 className="mb-1 text-xs text-ink-3">Just reported</h3>
      <ul>
        {actions.map((action) => (
          <ReportedRow key={action.id} answer={action} />
        ))}
      </ul>
    </section>
  );
}

function ReportedRow({ answer }: { answer: Action }) {
  const { data } = useQuery(actionQuery(answer.id));
  const now = useNow();
  const action = data ?? answer;
  const claim = claimOf(action, now);
  return (
    <li
      data-testid="task-reported"
      data-id={action.id}
      data-claim={claim}
      className="flex min-h-9 items-center gap-2 border-b py-1 last:border-b-0"
    >
      <Link href={`/activity/detail/?id=${action.id}`} className="min-w-0 flex-1 truncate hover:underline">
        {whatToDo(action)}
      </Link>
      <Badge tone={TONE[claim]}>{claim === "other" ? STATUS_NAME[action.status] : CLAIM_NAME[claim]}</Badge>
    </li>
  );
}
