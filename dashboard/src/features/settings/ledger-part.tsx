"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Capability, LedgerMode, LedgerPlatform } from "@/api/types/ledger";
import { formatDay } from "@/lib/format";
import { ACTION_NAME } from "@/lib/words";
import { Badge } from "@/ui/badge";
import { ErrorState } from "@/ui/error-state";
import { Section } from "@/ui/section";
import { Segmented } from "@/ui/segmented";
import { SkeletonRows } from "@/ui/skeleton";
import { ledgerQuery } from "./queries";

const MODE: Record<LedgerMode, { word: string; tone: "green" | "neutral" | "red" }> = {
  api: { word: "by the API", tone: "green" },
  human: { word: "by hand", tone: "neutral" },
  forbidden: { word: "not allowed", tone: "red" },
};

const NAMES: Readonly<Partial<Record<string, string>>> = ACTION_NAME;

/** What each platform allows, by whom it is said and since when. Planner and executor read the same rows. */
export function LedgerPart() {
  const ledger = useQuery(ledgerQuery);
  const items = ledger.data?.items;
  if (items === undefined) {
    return (
      <Section title="Platforms" flush>
        {ledger.isError ? (
          <ErrorState error={ledger.error} onRetry={() => void ledger.refetch()} />
        ) : (
          <SkeletonRows rows={8} />
        )}
      </Section>
    );
  }
  return items.map((one) => <Platform key={one.platform} platform={one} />);
}

function Platform({ platform }: { platform: LedgerPlatform }) {
  const [tier, setTier] = useState(platform.tier);
  const rows = platform.capabilities.filter((row) => row.tier === tier);
  return (
    <Section
      title={platform.name}
      note={platform.connector ? undefined : platform.state}
      actions={
        platform.tiers.length < 2 ? undefined : (
          <Segmented
            label={`Access tier of ${platform.name}`}
            value={tier}
            options={platform.tiers.map((value) => ({ value, label: value.replaceAll("_", " ") }))}
            onChange={setTier}
          />
        )
      }
      flush
    >
      <ul aria-label={`What ${platform.name} allows`}>
        {rows.map((row) => (
          <Row key={row.action_type} row={row} />
        ))}
      </ul>
    </Section>
  );
}

function Row({ row }: { row: Capability }) {
  const { word, tone } = MODE[row.mode];
  return (
    <li
      className="grid grid-cols-[7rem_6.5rem_minmax(0,1fr)] items-start gap-x-3 border-b px-4 py-2.5 last:border-b-0 max-sm:grid-cols-[minmax(0,1fr)_auto]"
      data-testid="ledger-row"
    >
      <span className="font-medium">{NAMES[row.action_type] ?? row.action_type.replaceAll("_", " ")}</span>
      <span className="flex flex-col items-start gap-1">
        <Badge tone={tone}>{word}</Badge>
        {row.proof === "expired" ? <Badge tone="yellow">to re-check</Badge> : null}
      </span>
      <span className="min-w-0 max-sm:col-span-2">
        <span className="block text-ink-2">
          {row.sentence}
          {row.quota === null ? "" : ` Quota: ${row.quota}.`}
        </span>
        <span className="block text-xs wrap-anywhere text-ink-3">
          {row.source} · read {formatDay(row.as_of)} · check again by {formatDay(row.recheck_on)}
        </span>
      </span>
    </li>
  );
}
