"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { IncidentBundle } from "@/api/types/incidents";
import { accountHref } from "@/lib/account-state";
import { ACTION_NAME } from "@/lib/words";
import { Button, buttonClass } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorNote, ErrorState } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Link } from "@/ui/link";
import { RelativeTime } from "@/ui/relative-time";
import { SkeletonRows } from "@/ui/skeleton";
import { closeIncident, incidentQuery } from "./queries";
import { KIND_NAME, OUTCOME_NAME } from "./words";

/** How many of each are listed, the newest. */
const CALLS = 30;
const EVENTS = 60;

/** One incident: the way back first, then what happened in the 72 hours before it. */
export function IncidentSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const bundle = useQuery(incidentQuery(id));
  const { data } = bundle;
  return (
    <Dialog
      open
      form="sheet"
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={data === undefined ? "Incident" : KIND_NAME[data.kind]}
      description={data?.sentence}
      footer={
        data === undefined ? undefined : (
          <Link href={accountHref(data.account.id)} className={buttonClass()}>
            Go to @{data.account.username}
          </Link>
        )
      }
    >
      {data === undefined ? (
        bundle.isError ? (
          <ErrorState error={bundle.error} onRetry={() => void bundle.refetch()} />
        ) : (
          <SkeletonRows rows={6} />
        )
      ) : (
        <Bundle bundle={data} />
      )}
    </Dialog>
  );
}

function Bundle({ bundle }: { bundle: IncidentBundle }) {
  return (
    <div className="flex flex-col gap-5" data-testid="incident-bundle">
      <section aria-label="The way back">
        <h3 className="mb-1.5 font-medium">The way back</h3>
        <ol className="flex list-decimal flex-col gap-1 pl-5 text-ink-2">
          {bundle.way_back.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        {bundle.kind === "silent_failure" && bundle.closed_at === null ? <Looked id={bundle.id} /> : null}
      </section>
      <section aria-label="Calls">
        <h3 className="mb-1.5 font-medium">Calls since 72 hours before it</h3>
        {bundle.attempts.length === 0 ? (
          <p className="text-ink-3">Nothing was sent.</p>
        ) : (
          <ul className="flex flex-col gap-1.5">
            {bundle.attempts.slice(0, CALLS).map((attempt) => (
              <Call key={attempt.id} attempt={attempt} />
            ))}
          </ul>
        )}
        <Earlier count={bundle.attempts.length - CALLS} />
      </section>
      <section aria-label="What happened">
        <h3 className="mb-1.5 font-medium">What happened</h3>
        <ul className="flex flex-col gap-1.5">
          {bundle.events.slice(0, EVENTS).map((event) => (
            <li key={event.seq} className="flex gap-2">
              <span className="min-w-0 flex-1 wrap-anywhere">{event.sentence}</span>
              <RelativeTime at={event.at} className="w-8 shrink-0 text-right text-ink-3" />
            </li>
          ))}
        </ul>
        <Earlier count={bundle.events.length - EVENTS} />
      </section>
    </div>
  );
}

/** The one kind that only a person ends, with what he found. */
function Looked({ id }: { id: string }) {
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const close = useMutation({
    mutationFn: () => closeIncident(id, note.trim()),
    onSuccess: () => client.invalidateQueries({ queryKey: ["incidents"] }),
  });
  return (
    <form
      className="mt-3 flex flex-col items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        close.mutate();
      }}
    >
      {close.isError ? <ErrorNote error={close.error} /> : null}
      <Field label="What did you find?" className="w-full">
        {(control) => (
          <Input
            {...control}
            value={note}
            maxLength={500}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
      <Button kind="primary" type="submit" busy={close.isPending} disabled={note.trim() === ""}>
        I looked, go on
      </Button>
    </form>
  );
}

/** One call: what it was for, what came of it, and, when it did not go well, what the platform said. */
function Call({ attempt }: { attempt: IncidentBundle["attempts"][number] }) {
  const { detail } = attempt.evidence;
  return (
    <li data-testid="incident-call">
      <span className="flex gap-2">
        <Link
          href={`/activity/detail/?id=${attempt.action_id}`}
          className="min-w-0 flex-1 truncate hover:underline"
        >
          {ACTION_NAME[attempt.action_type]}
          {attempt.target_account === null ? "" : ` @${attempt.target_account}`}
        </Link>
        <span className={attempt.outcome === "performed" ? "text-ink-3" : "text-ink"}>
          {attempt.outcome === null ? "under way" : OUTCOME_NAME[attempt.outcome]}
        </span>
        <RelativeTime at={attempt.started_at} className="w-8 shrink-0 text-right text-ink-3" />
      </span>
      {attempt.outcome !== "performed" && typeof detail === "string" ? (
        <span className="block text-xs wrap-anywhere text-ink-3">{detail}</span>
      ) : null}
    </li>
  );
}

function Earlier({ count }: { count: number }) {
  return count > 0 ? <p className="mt-1.5 text-ink-3">{count} earlier ones are not shown.</p> : null;
}
