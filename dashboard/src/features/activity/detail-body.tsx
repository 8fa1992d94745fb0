"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import type { ActionDetail } from "@/api/types/actions";
import { formatInstant } from "@/lib/format";
import { useLiveEvents } from "@/lib/live";
import { safeHref } from "@/lib/safe-href";
import { actionQuery } from "@/lib/shared-queries";
import { ACTION_NAME, RISK_NAME, STATUS_NAME } from "@/lib/words";
import { Badge } from "@/ui/badge";
import { ErrorState } from "@/ui/error-state";
import { LightChip } from "@/ui/light";
import { Link } from "@/ui/link";
import { PageBody } from "@/ui/page-header";
import { PlatformMark } from "@/ui/platform-mark";
import { ReasonList } from "@/ui/reason-list";
import { ScoreBar } from "@/ui/score-bar";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { TargetCard } from "@/ui/target-card";
import { Attempts } from "./attempts";
import { DetailActions } from "./detail-actions";
import { Timeline } from "./timeline";
import { Verdicts } from "./verdicts";
import { proofOf, readable, STATUS_TONE, whoOf } from "./words";

export function DetailBody({ id }: { id: string }) {
  const client = useQueryClient();
  const read = useQuery(actionQuery(id));
  useLiveEvents(["action."], (event) => {
    if (event.action_id === id) void client.invalidateQueries({ queryKey: actionQuery(id).queryKey });
  });
  if (read.data === undefined) {
    return read.isError ? (
      <ErrorState error={read.error} onRetry={() => void read.refetch()} />
    ) : (
      <SkeletonRows rows={10} />
    );
  }
  const action = read.data;
  return (
    <PageBody>
      <article data-testid="activity-detail" data-id={action.id} data-status={action.status}>
        <Summary action={action} />
        <Section title="Timeline">
          <Timeline items={action.timeline} />
        </Section>
        <Verdict action={action} />
        <Section title="Assessments" note="each with the facts it was made from">
          <Verdicts id={action.id} />
        </Section>
        <Section title="Attempts">
          <Attempts attempts={action.attempts} />
        </Section>
      </article>
    </PageBody>
  );
}

function Verdict({ action }: { action: ActionDetail }) {
  const { verdict } = action;
  return (
    <Section
      title={`Why ${RISK_NAME[action.light].toLowerCase()}`}
      note={
        verdict === null
          ? undefined
          : `score ${verdict.score} of 100, rules ${verdict.rule_set}, assessed ${formatInstant(verdict.assessed_at)}`
      }
    >
      <ScoreBar score={verdict?.score ?? action.risk_score} className="mb-2" />
      <ReasonList reasons={action.reasons} />
      {action.to_green.length === 0 ? null : (
        <p className="mt-2 text-ink-2">Would turn green: {action.to_green.join("; ")}</p>
      )}
    </Section>
  );
}

function Summary({ action }: { action: ActionDetail }) {
  const proof = proofOf(action);
  const who = whoOf(action);
  return (
    <section aria-label="Summary" className="flex flex-col gap-3 border-b px-4 py-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <LightChip light={action.light} score={action.risk_score} />
        <h2 className="flex min-w-0 items-center gap-2 text-base">
          <PlatformMark platform={action.account.platform} />
          <span className="min-w-0">
            <span className="font-medium">
              {ACTION_NAME[action.action_type]} {who}
            </span>{" "}
            <span className="text-ink-2">as @{action.account.username}</span>
          </span>
        </h2>
        <Badge tone={STATUS_TONE[action.status]}>{STATUS_NAME[action.status]}</Badge>
        {proof === null ? null : <span className="text-ink-2">{proof}</span>}
        <RemoteLink address={action.remote_url} />
        {action.replaces === null ? null : (
          <Link href={`/activity/detail/?id=${action.replaces}`} className="underline">
            Replaces an earlier one
          </Link>
        )}
      </div>
      {action.waits_for === null ? null : (
        <p className="rounded-lg border bg-raised px-3 py-2">
          <span className="font-medium">Waits for:</span> {readable(action.waits_for)}
        </p>
      )}
      {action.failure === null ? null : (
        <p className="rounded-lg border border-red-line bg-red-soft px-3 py-2 text-red-text">
          {action.failure.sentence} {action.failure.next_step}{" "}
          <code className="text-xs">{action.failure.code}</code>
        </p>
      )}
      <TargetCard handle={who === "" ? null : who} data={action.target_data} />
      {action.target_data.text === undefined ? null : (
        <p className="rounded-lg border border-line-strong px-4 py-3 text-base whitespace-pre-wrap">
          {action.target_data.text}
        </p>
      )}
      <DetailActions action={action} />
    </section>
  );
}

function RemoteLink({ address }: { address: string | null }) {
  const href = safeHref(address);
  if (href === undefined) return null;
  return (
    <a
      data-testid="remote-link"
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className="inline-flex items-center gap-1 rounded-sm text-accent-text underline"
    >
      See it on the platform
      <ExternalLink aria-hidden="true" className="size-3.5" />
      <span className="sr-only"> (new tab)</span>
    </a>
  );
}
