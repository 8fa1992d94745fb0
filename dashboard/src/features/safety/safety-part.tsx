"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Policy } from "@/api/types/safety";
import { formatInstant } from "@/lib/format";
import { profileQuery } from "@/lib/shared-queries";
import { Button } from "@/ui/button";
import { ErrorNote, ErrorState } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { showToast } from "@/ui/toast";
import { LeftAlonePart } from "./left-alone";
import { NumberField } from "./number-field";
import { changesOf, grouped, lessCareful, type Typed } from "./numbers";
import { changePolicy, policyQuery, versionsQuery } from "./queries";
import { WhatIf } from "./what-if";

/** The workspace's own numbers, within their bounds, and what a change would do before it is saved. */
export function SafetyPart() {
  const policy = useQuery(policyQuery);
  if (policy.data === undefined) {
    return (
      <Section title="Safety" flush>
        {policy.isError ? (
          <ErrorState error={policy.error} onRetry={() => void policy.refetch()} />
        ) : (
          <SkeletonRows rows={8} />
        )}
      </Section>
    );
  }
  return <Numbers key={policy.data.version} policy={policy.data} />;
}

function Numbers({ policy }: { policy: Policy }) {
  const role = useQuery(profileQuery).data?.workspace.role;
  const locked = role !== "owner" && role !== "admin";
  const [typed, setTyped] = useState<Typed>({});
  const changes = changesOf(policy.numbers, typed);
  return (
    <>
      <p className="border-b bg-raised px-4 py-2.5 text-ink-2">
        You may always be more careful than these numbers. No number makes an account safe by itself: each
        says whose it is.
        {locked ? " Only owners and admins change them." : ""}
      </p>
      {grouped(policy.numbers).map((group) => (
        <Section key={group.name} title={group.name}>
          <div className="grid grid-cols-2 gap-x-6 gap-y-4 max-sm:grid-cols-1">
            {group.numbers.map((one) => (
              <NumberField
                key={one.key}
                number={one}
                text={typed[one.key]}
                disabled={locked}
                onType={(text) => setTyped({ ...typed, [one.key]: text })}
              />
            ))}
          </div>
        </Section>
      ))}
      <WhatIf changes={changes} disabled={locked} />
      {locked ? null : (
        <Save policy={policy} changes={changes} onForget={() => setTyped({})} touched={typed} />
      )}
      <LeftAlonePart role={role} />
      <Versions />
    </>
  );
}

function Save({
  policy,
  changes,
  touched,
  onForget,
}: {
  policy: Policy;
  changes: Record<string, number>;
  touched: Typed;
  onForget: () => void;
}) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const save = useMutation({
    mutationFn: changePolicy,
    onSuccess: (next) => {
      void showToast({ text: "Saved", detail: "Plans and limits follow within a minute.", kind: "success" });
      client.setQueryData(policyQuery.queryKey, next);
      void client.invalidateQueries({ queryKey: ["policy"] });
    },
  });
  const count = Object.keys(changes).length;
  return (
    <Section title="Save" note={count === 0 ? "nothing changed yet" : undefined}>
      <form
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ numbers: changes, version: policy.version, reason: reason.trim() });
        }}
      >
        {save.error === null ? null : <ErrorNote error={save.error} />}
        {lessCareful(policy.numbers, changes) ? (
          <p className="rounded-lg border bg-yellow-soft px-3 py-2 text-yellow-text">
            This is less careful than before. Look at what it would do first.
          </p>
        ) : null}
        <Field label="Why" hint="It stands in the log beside the change.">
          {(control) => (
            <Input
              {...control}
              value={reason}
              maxLength={500}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        <div className="flex gap-2">
          <Button
            kind="primary"
            type="submit"
            busy={save.isPending}
            disabled={count === 0 || reason.trim() === ""}
          >
            {count === 1 ? "Save 1 change" : `Save ${count} changes`}
          </Button>
          <Button disabled={Object.keys(touched).length === 0} onClick={onForget}>
            Discard
          </Button>
        </div>
      </form>
    </Section>
  );
}

function Versions() {
  const versions = useQuery(versionsQuery);
  const items = versions.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title="Earlier changes" flush>
      <ul aria-label="Earlier changes of the policy">
        {items.map((one) => (
          <li key={one.version} className="border-b px-4 py-2.5 last:border-b-0">
            <span className="block wrap-anywhere">{one.reason}</span>
            <span className="block text-xs text-ink-3">
              Version {one.version} · {one.changed_by_name} · {formatInstant(one.changed_at)}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
