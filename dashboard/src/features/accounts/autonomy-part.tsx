"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Autonomy } from "@/api/types/safety";
import { formatDay, formatShare } from "@/lib/format";
import { ACTION_NAME, LIGHT_NAME } from "@/lib/words";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { ErrorState } from "@/ui/error-state";
import { Light } from "@/ui/light";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { autonomyQuery, takeBackAutonomy } from "./queries";

/** Which kinds of this account go out without being asked about, and what the others still need. */
export function AutonomyPart({ id }: { id: string }) {
  const client = useQueryClient();
  const autonomy = useQuery(autonomyQuery(id));
  const [taking, setTaking] = useState<Autonomy | null>(null);
  const take = useMutation({
    mutationFn: (grantId: string) => takeBackAutonomy(id, grantId),
    onSuccess: () => {
      setTaking(null);
      return client.invalidateQueries({ queryKey: autonomyQuery(id).queryKey });
    },
  });
  const items = autonomy.data?.items;
  return (
    <Section title="Earned autonomy" note="you are asked about everything else" flush>
      {items === undefined ? (
        autonomy.isError ? (
          <ErrorState error={autonomy.error} onRetry={() => void autonomy.refetch()} />
        ) : (
          <SkeletonRows rows={3} height={60} />
        )
      ) : items.length === 0 ? (
        <p className="px-4 pb-4 text-ink-2">
          Nothing has been decided yet. A kind of action that you keep approving without an edit earns it.
        </p>
      ) : (
        <ul aria-label="Earned autonomy">
          {items.map((one) => (
            <Row key={`${one.action_type}-${one.light}`} one={one} onTakeBack={() => setTaking(one)} />
          ))}
        </ul>
      )}
      {taking?.grant_id == null ? null : (
        <Confirm
          title={`Ask about every ${ACTION_NAME[taking.action_type].toLowerCase()} again?`}
          text="It is not granted again for 30 days."
          action="Take it back"
          busy={take.isPending}
          error={take.error}
          onConfirm={() => take.mutate(taking.grant_id ?? "")}
          onClose={() => setTaking(null)}
        />
      )}
    </Section>
  );
}

function sentenceOf(one: Autonomy): string {
  if (one.state === "earned") {
    const since = one.granted_at === null ? "" : `Since ${formatDay(one.granted_at)}. `;
    return `${since}${formatShare(one.audit_share)} of them still come to you.`;
  }
  if (one.state === "taken_back" && one.taken_back_because !== null) return one.taken_back_because;
  return one.missing.join(" ");
}

function Row({ one, onTakeBack }: { one: Autonomy; onTakeBack: () => void }) {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2.5 last:border-b-0">
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{ACTION_NAME[one.action_type]}</span>
          <Light light={one.light} word={LIGHT_NAME[one.light]} />
          {one.state === "earned" ? <Badge tone="green">Earned</Badge> : null}
          {one.state === "taken_back" ? <Badge tone="yellow">Taken back</Badge> : null}
        </span>
        <span className="block text-ink-2">{sentenceOf(one)}</span>
        <span className="block text-xs text-ink-3">
          {one.unedited} of {one.decided} approved without an edit
          {one.lower_bound === null
            ? ""
            : `; with 95 % confidence at least ${formatShare(one.lower_bound)}, needs ${formatShare(one.needs.lower_bound)}`}
        </span>
      </span>
      {one.grant_id === null ? null : (
        <Button aria-label={`Take back: ${ACTION_NAME[one.action_type]}`} onClick={onTakeBack}>
          Take back
        </Button>
      )}
    </li>
  );
}
