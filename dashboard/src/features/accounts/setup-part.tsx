"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import type { Setup, SetupCheck, SetupKind } from "@/api/types/setup";
import { ACTION_NAME } from "@/lib/words";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { ErrorState } from "@/ui/error-state";
import { Light, LightChip } from "@/ui/light";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { toastProblem } from "@/ui/toast-problem";
import { accountSetupQuery, testConnection } from "./queries";

const MODE = {
  api: { word: "by the API", tone: "green" },
  human: { word: "by hand", tone: "neutral" },
  forbidden: { word: "not allowed", tone: "red" },
} as const;

/** What of the account's setup works, what may be done now, and the next step where something is missing. */
export function SetupPart({ id }: { id: string }) {
  const setup = useQuery(accountSetupQuery(id));
  const test = useMutation({
    mutationFn: (platform: Setup["platform"]) => testConnection(platform, id),
    onError: (error) => toastProblem("Not tested", error),
  });
  const { data } = setup;
  const tried = test.data?.checks ?? [];
  return (
    <Section
      title="Setup"
      note={data === undefined ? undefined : data.platform_mode === "sandbox" ? "platform sandbox" : "live"}
      actions={
        data === undefined ? undefined : (
          <>
            <LightChip light={data.ok ? "green" : "yellow"} word={data.ok ? "Complete" : "Incomplete"} />
            <Button busy={test.isPending} onClick={() => test.mutate(data.platform)}>
              Test now
            </Button>
          </>
        )
      }
    >
      {data === undefined ? (
        setup.isError ? (
          <ErrorState error={setup.error} onRetry={() => void setup.refetch()} />
        ) : (
          <SkeletonRows rows={5} />
        )
      ) : (
        <div className="flex flex-col gap-5" data-testid="setup">
          <Checks label="Checks" checks={data.checks} />
          {tried.length === 0 ? null : <Checks label="Tested just now" checks={tried} />}
          <Kinds kinds={data.kinds} />
          <Addresses setup={data} />
        </div>
      )}
    </Section>
  );
}

function Checks({ label, checks }: { label: string; checks: readonly SetupCheck[] }) {
  return (
    <div>
      <h3 className="mb-2 font-medium">{label}</h3>
      <ul aria-label={label} className="grid gap-x-6 gap-y-2.5 md:grid-cols-2">
        {checks.map((check) => (
          <li key={check.name} className="flex items-start gap-2" data-ok={check.ok}>
            <Light light={check.ok ? "green" : "yellow"} className="mt-[3px]" />
            <span className="min-w-0">
              <span className="block font-medium first-letter:uppercase">
                {check.name.replaceAll("_", " ")}
              </span>
              <span className="block wrap-anywhere text-ink-2">{check.detail}</span>
              {check.next_step === null ? null : <span className="block">{check.next_step}</span>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Kinds({ kinds }: { kinds: readonly SetupKind[] }) {
  return (
    <div>
      <h3 className="mb-1 font-medium">What may be done now</h3>
      <ul aria-label="What may be done now">
        {kinds.map((one) => (
          <Kind key={one.kind} one={one} />
        ))}
      </ul>
    </div>
  );
}

function Kind({ one }: { one: SetupKind }) {
  const { word, tone } = MODE[one.mode];
  return (
    <li
      className="grid grid-cols-[7rem_6.5rem_minmax(0,1fr)] items-start gap-x-3 border-b py-2 last:border-b-0 max-sm:grid-cols-[minmax(0,1fr)_auto]"
      data-testid="setup-kind"
      data-ready={one.ready}
    >
      <span className="font-medium">{nameOf(one.kind)}</span>
      <span className="flex flex-col items-start gap-1">
        <Badge tone={tone}>{word}</Badge>
        {one.proof === "expired" ? <Badge tone="yellow">rule to re-check</Badge> : null}
      </span>
      <span className="min-w-0 text-ink-2 max-sm:col-span-2">
        {one.sentence}
        {one.missing.map((what) => (
          <span key={what} className="block text-ink">
            {what}
          </span>
        ))}
        {one.next_step === null ? null : <span className="block text-ink">{one.next_step}</span>}
      </span>
    </li>
  );
}

/** Kinds of reading are shown as the ledger calls them. */
const NAMES: Readonly<Partial<Record<string, string>>> = ACTION_NAME;

function nameOf(kind: string): string {
  return NAMES[kind] ?? kind.replaceAll("_", " ");
}

function Addresses({ setup }: { setup: Setup }) {
  const { redirect, webhooks } = setup;
  return (
    <dl className="flex flex-col gap-2">
      <div>
        <dt className="text-ink-3">Redirect address to register at the platform</dt>
        <dd>
          <code className="wrap-anywhere">{redirect.address}</code>
        </dd>
      </div>
      {webhooks.address === null ? null : (
        <div>
          <dt className="text-ink-3">Webhook address to register at the platform</dt>
          <dd>
            <code className="wrap-anywhere">{webhooks.address}</code>
            <span className="block text-ink-2">
              {webhooks.last_delivery_at === null ? (
                "Nothing has come in yet."
              ) : (
                <>
                  Last heard of <RelativeTime at={webhooks.last_delivery_at} form="words" />.
                </>
              )}
            </span>
          </dd>
        </div>
      )}
    </dl>
  );
}
