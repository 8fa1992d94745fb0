"use client";

import { useQuery } from "@tanstack/react-query";
import type { Growth, GrowthTotals } from "@/api/types/analytics";
import { formatCount, formatSigned } from "@/lib/format";
import { AreaChart } from "@/ui/area-chart";
import { ErrorState } from "@/ui/error-state";
import { Section } from "@/ui/section";
import { Select, type SelectOption } from "@/ui/select";
import { Skeleton } from "@/ui/skeleton";
import { GainLossChart } from "./gain-loss-chart";
import { growthQuery } from "./queries";

const FIGURES: { key: keyof GrowthTotals; label: string; hint?: string }[] = [
  { key: "net", label: "Followers, net" },
  { key: "gained", label: "Gained" },
  { key: "lost", label: "Lost" },
  { key: "actions", label: "Actions" },
  { key: "verified", label: "Verified", hint: "the platform showed it" },
  { key: "claimed", label: "Claimed", hint: "somebody said so" },
];

export interface GrowthPartProps {
  days: number;
  accounts: readonly SelectOption[];
  account: string;
  onChoose: (account: string) => void;
}

export function GrowthPart({ days, accounts, account, onChoose }: GrowthPartProps) {
  const growth = useQuery(growthQuery(account, days));
  return (
    <Section
      title="Growth"
      flush
      actions={
        <Select
          aria-label="Account"
          value={account}
          options={accounts}
          onChange={(event) => onChoose(event.target.value)}
          className="max-w-60 min-w-40"
        />
      }
    >
      {growth.data === undefined ? (
        growth.isError ? (
          <ErrorState error={growth.error} onRetry={() => void growth.refetch()} />
        ) : (
          <div className="h-[470px] p-4">
            <Skeleton className="h-full w-full" />
          </div>
        )
      ) : (
        <GrowthCharts growth={growth.data} />
      )}
    </Section>
  );
}

function GrowthCharts({ growth }: { growth: Growth }) {
  const measured = growth.series.flatMap(({ on, followers }) =>
    followers === null ? [] : [{ on, value: followers }],
  );
  return (
    <>
      <dl className="mt-2 grid grid-cols-3 border-y md:grid-cols-6">
        {FIGURES.map(({ key, label, hint }) => (
          <div key={key} className="min-w-0 border-r px-4 py-2.5 last:border-r-0 max-md:nth-[3n]:border-r-0">
            <dt className="truncate text-ink-2" title={hint}>
              {label}
            </dt>
            <dd>
              <span className="text-xl font-semibold tracking-tight">
                {key === "net" ? formatSigned(growth.totals[key]) : formatCount(growth.totals[key])}
              </span>
              <span className="block truncate text-xs text-ink-3">
                before{" "}
                {key === "net" ? formatSigned(growth.previous[key]) : formatCount(growth.previous[key])}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <div className="grid gap-x-8 gap-y-6 px-4 pt-4 pb-5 xl:grid-cols-2">
        <div className="min-w-0">
          <h3 className="mb-3 font-medium">Followers</h3>
          {measured.length < 2 ? (
            <p className="flex h-[204px] items-center justify-center rounded-md bg-raised px-4 text-center text-ink-2">
              Not enough data yet: followers are measured once a day while the account is connected.
            </p>
          ) : (
            <AreaChart label="Followers by day" name="Followers" points={measured} fromLow />
          )}
        </div>
        <div className="min-w-0">
          <h3 className="mb-3 font-medium">Gained and lost</h3>
          <GainLossChart days={growth.series} />
        </div>
      </div>
    </>
  );
}
