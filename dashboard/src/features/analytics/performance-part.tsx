"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Performance, PerformanceTotals } from "@/api/types/analytics";
import { accountLabel } from "@/lib/account-state";
import { formatCount, formatShare, NO_VALUE } from "@/lib/format";
import { ACTION_NAME } from "@/lib/words";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Section } from "@/ui/section";
import { Select, type SelectOption } from "@/ui/select";
import { SkeletonRows } from "@/ui/skeleton";
import { Table, Td, Th, Tr } from "@/ui/table";
import { Tabs } from "@/ui/tabs";
import { performanceQuery } from "./queries";

type Cut = "account" | "kind" | "rule";

const COLUMNS: { key: keyof PerformanceTotals; label: string; title?: string }[] = [
  { key: "proposed", label: "Proposed" },
  { key: "approved", label: "Approved" },
  { key: "rejected", label: "Rejected" },
  { key: "succeeded", label: "Succeeded" },
  { key: "verified", label: "Verified", title: "The platform showed that it happened" },
  { key: "claimed", label: "Claimed", title: "A person said that it happened; nothing official can show it" },
  { key: "failed", label: "Failed" },
  { key: "unknown", label: "Unknown" },
  { key: "followed_back", label: "Followed back" },
];

export interface PerformanceRow extends PerformanceTotals {
  key: string;
  name: string;
}

/** One table's rows, whatever the cut, under the name that a person knows. */
export function rowsOf(performance: Performance, cut: Cut): PerformanceRow[] {
  if (cut === "account") {
    return performance.by_account.map((row) => ({ ...row, key: row.account_id, name: accountLabel(row) }));
  }
  if (cut === "kind") {
    return performance.by_kind.map((row) => ({
      ...row,
      key: row.action_type,
      name: ACTION_NAME[row.action_type],
    }));
  }
  return performance.by_rule.map((row) => ({ ...row, key: row.rule_id }));
}

/** Of those approved, how many as they were; null when none was. */
export function unedited(totals: PerformanceTotals): number | null {
  return totals.approved === 0 ? null : totals.approved_without_edits / totals.approved;
}

export function PerformancePart({ days, accounts }: { days: number; accounts: readonly SelectOption[] }) {
  const [account, setAccount] = useState("");
  const [cut, setCut] = useState<Cut>("account");
  const performance = useQuery(performanceQuery(account, days));
  const content = () => {
    if (performance.data === undefined) {
      if (!performance.isError) return <SkeletonRows rows={5} />;
      return <ErrorState error={performance.error} onRetry={() => void performance.refetch()} />;
    }
    return <PerformanceTable performance={performance.data} cut={cut} />;
  };
  return (
    <Section
      title="Performance"
      note={`of what was proposed in ${days} days`}
      flush
      actions={
        <Select
          aria-label="Account of the performance"
          placeholder="All accounts"
          value={account}
          options={accounts}
          onChange={(event) => setAccount(event.target.value)}
          className="max-w-60 min-w-40"
        />
      }
    >
      <Tabs
        label="Performance by"
        value={cut}
        onChange={setCut}
        tabs={[
          { value: "account", label: "By account", content },
          { value: "kind", label: "By kind", content },
          { value: "rule", label: "By rule", content },
        ]}
      />
    </Section>
  );
}

function Figures({ totals }: { totals: PerformanceTotals }) {
  return (
    <>
      {COLUMNS.map(({ key }) => (
        <Td key={key} number className={totals[key] === 0 ? "text-ink-3" : undefined}>
          {formatCount(totals[key])}
        </Td>
      ))}
      <Td number>{formatShare(unedited(totals))}</Td>
    </>
  );
}

const FIRST: Record<Cut, string> = { account: "Account", kind: "Kind", rule: "Rule" };

function PerformanceTable({ performance, cut }: { performance: Performance; cut: Cut }) {
  const rows = rowsOf(performance, cut);
  if (rows.length === 0) {
    return (
      <EmptyState
        title="Nothing was proposed in these days"
        text={cut === "rule" ? "Rules show here once they propose." : "Choose more days, or another account."}
      />
    );
  }
  return (
    <Table
      label={`Performance by ${cut}`}
      className="min-w-[60rem] [&_tfoot_td]:border-t [&_tfoot_td]:border-b-0"
    >
      <thead>
        <tr>
          <Th>{FIRST[cut]}</Th>
          {COLUMNS.map(({ key, label, title }) => (
            <Th key={key} number title={title}>
              {label}
            </Th>
          ))}
          <Th number title="Of those approved, the share that needed no edit">
            No edits
          </Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.key}>
            <Td className="max-w-56 truncate font-medium" title={row.name}>
              {row.name === "" ? NO_VALUE : row.name}
            </Td>
            <Figures totals={row} />
          </Tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="font-medium">
          <Td>All</Td>
          <Figures totals={performance.totals} />
        </tr>
      </tfoot>
    </Table>
  );
}
