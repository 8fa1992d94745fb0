"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Route } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Page } from "@/api/types/common";
import type { Egress } from "@/api/types/egress";
import { checkEgress, deleteEgress, egressesQuery } from "@/lib/egress-queries";
import { useLiveRefresh } from "@/lib/live";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Light } from "@/ui/light";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { toastProblem } from "@/ui/toast-problem";

const EgressDialog = dynamic(() => import("./egress-dialog").then((module) => module.EgressDialog), {
  ssr: false,
});

const STATE = {
  unknown: { light: "yellow", word: "Not checked" },
  ok: { light: "green", word: "Works" },
  failing: { light: "red", word: "Down" },
} as const;

const FIRST_CHECK_MS = 2000;

/** A new proxy is checked by itself at once, which no event tells when it works. */
function untilChecked({ state }: { state: { data: Page<Egress> | undefined } }): number | false {
  return state.data?.items.some((one) => one.checked_at === null) === true ? FIRST_CHECK_MS : false;
}

/** The proxies that accounts may leave through. One that is down holds its accounts. */
export function EgressPart() {
  const client = useQueryClient();
  const egresses = useQuery({ ...egressesQuery, refetchInterval: untilChecked });
  useLiveRefresh(["egress."], egressesQuery.queryKey);
  const [adding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState<Egress | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["egress"] });
  const remove = useMutation({
    mutationFn: deleteEgress,
    onSuccess: () => {
      setDeleting(null);
      return refresh();
    },
  });
  const items = egresses.data?.items;
  return (
    <Section
      title="Egress"
      note="the proxy through which an account's calls leave"
      actions={<Button onClick={() => setAdding(true)}>Add proxy</Button>}
      flush
    >
      {items === undefined ? (
        egresses.isError ? (
          <ErrorState error={egresses.error} onRetry={() => void egresses.refetch()} />
        ) : (
          <SkeletonRows rows={2} height={65} />
        )
      ) : items.length === 0 ? (
        <EmptyState
          icon={<Route aria-hidden="true" className="size-6" />}
          title="Every account goes straight out"
          text="That is right for most. With a proxy, an account never goes out without it: if it is down, the account waits."
        />
      ) : (
        <ul aria-label="Egress">
          {items.map((egress) => (
            <Row key={egress.id} egress={egress} onDelete={() => setDeleting(egress)} onChecked={refresh} />
          ))}
        </ul>
      )}
      {adding ? <EgressDialog onClose={() => setAdding(false)} /> : null}
      {deleting === null ? null : (
        <Confirm
          title={`Delete “${deleting.name}”?`}
          text="An account that leaves through it must get another way first."
          action="Delete proxy"
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(deleting.id)}
          onClose={() => setDeleting(null)}
        />
      )}
    </Section>
  );
}

function Row({
  egress,
  onDelete,
  onChecked,
}: {
  egress: Egress;
  onDelete: () => void;
  onChecked: () => void;
}) {
  const check = useMutation({
    mutationFn: checkEgress,
    onSuccess: onChecked,
    onError: (error) => toastProblem("Not checked", error),
  });
  const { light, word } = STATE[egress.state];
  return (
    <li
      className="flex flex-wrap items-center gap-3 border-b px-4 py-2.5 last:border-b-0"
      data-testid="egress-row"
    >
      <span className="min-w-0 flex-1 max-sm:basis-full">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{egress.name}</span>
          <Light light={light} word={word} />
        </span>
        <span className="block text-xs wrap-anywhere text-ink-3">
          <code>
            {egress.scheme}://{egress.host}:{egress.port}
          </code>
          {egress.country === null ? "" : ` · ${egress.country.toUpperCase()}`} ·{" "}
          {egress.accounts === 1 ? "1 account" : `${egress.accounts} accounts`}
          {egress.exit_address === null ? "" : ` · seen as ${egress.exit_address}`}
          {egress.checked_at === null ? null : (
            <>
              {" "}
              · checked <RelativeTime at={egress.checked_at} form="words" />
            </>
          )}
        </span>
        {egress.last_error === null ? null : <span className="block text-ink-2">{egress.last_error}</span>}
      </span>
      <Button
        busy={check.isPending}
        aria-label={`Check ${egress.name}`}
        onClick={() => check.mutate(egress.id)}
      >
        Check now
      </Button>
      <Button aria-label={`Delete ${egress.name}`} onClick={onDelete}>
        Delete
      </Button>
    </li>
  );
}
