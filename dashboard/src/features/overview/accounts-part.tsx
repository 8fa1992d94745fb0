"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronRight, Plus, UsersRound } from "lucide-react";
import type { Account } from "@/api/types/accounts";
import { formatChange, formatCompact, NO_VALUE } from "@/lib/format";
import {
  AccountHealthFigure,
  AccountName,
  AccountPhase,
  AccountStatusMark,
  AccountToday,
} from "@/ui/account-parts";
import { buttonClass } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Link } from "@/ui/link";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { SparkLine } from "@/ui/spark-line";
import { Table, Td, Th, Tr } from "@/ui/table";
import { ACCOUNTS_SHOWN, overviewAccountsQuery } from "./queries";

/** Columns leave one by one as their part of the page narrows. */
const MID = "@max-xl:hidden";
const BROAD = "@max-2xl:hidden";
const FULL = "@max-3xl:hidden";
const WEEK = 7;

function Row({ account }: { account: Account }) {
  return (
    <Tr className="relative" data-testid="account-row" data-id={account.id}>
      <Td className="w-full max-w-0 @xl:w-[34%]">
        <AccountName account={account} />
      </Td>
      <Td>
        <AccountStatusMark account={account} />
      </Td>
      <Td className={MID}>
        <AccountPhase account={account} className="w-28" />
      </Td>
      <Td number className={BROAD}>
        <AccountHealthFigure account={account} />
      </Td>
      <Td number>
        <AccountToday account={account} />
      </Td>
      <Td number className={MID}>
        {formatCompact(account.followers)}
      </Td>
      <Td number className={FULL}>
        <span className="inline-flex items-center gap-2.5 align-middle">
          <SparkLine values={account.followers_series.slice(-WEEK)} className="h-4 w-12" />
          <span className="w-12">{formatChange(account.followers_change)}</span>
        </span>
      </Td>
      <Td number className={`${BROAD} whitespace-nowrap text-ink-2`}>
        {account.next_due_at === null ? NO_VALUE : <RelativeTime at={account.next_due_at} />}
      </Td>
    </Tr>
  );
}

export function AccountsPart() {
  const accounts = useQuery(overviewAccountsQuery);
  const items = accounts.data?.items;
  return (
    <Section
      title="Accounts"
      flush
      actions={
        <Link href="/accounts/" className="inline-flex h-7 items-center gap-1 text-ink-2 hover:text-ink">
          All accounts <ChevronRight aria-hidden="true" className="size-3.5" />
        </Link>
      }
    >
      <div className="@container">
        {items === undefined ? (
          accounts.isError ? (
            <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
          ) : (
            <div className="pt-9">
              <SkeletonRows rows={ACCOUNTS_SHOWN} />
            </div>
          )
        ) : items.length === 0 ? (
          <EmptyState
            icon={<UsersRound aria-hidden="true" className="size-6" />}
            title="No account yet"
            text="Add the first one; nothing is sent before you connect it and approve."
            action={
              <Link href="/accounts/?add=1" className={buttonClass("primary")}>
                <Plus aria-hidden="true" className="size-4" /> Add account
              </Link>
            }
          />
        ) : (
          <Table label="Accounts">
            <thead>
              <tr>
                <Th>Account</Th>
                <Th>Status</Th>
                <Th className={MID}>Phase</Th>
                <Th number className={BROAD}>
                  Health
                </Th>
                <Th number>Today</Th>
                <Th number className={MID}>
                  Followers
                </Th>
                <Th number className={FULL}>
                  7 days
                </Th>
                <Th number className={BROAD}>
                  Next
                </Th>
              </tr>
            </thead>
            <tbody>
              {items.map((account) => (
                <Row key={account.id} account={account} />
              ))}
            </tbody>
          </Table>
        )}
      </div>
    </Section>
  );
}
