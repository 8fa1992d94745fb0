import type { Account } from "@/api/types/accounts";
import { formatChange, formatCompact, NO_VALUE } from "@/lib/format";
import {
  AccountHealthFigure,
  AccountName,
  AccountPhase,
  AccountStatusMark,
  AccountToday,
} from "@/ui/account-parts";
import { RelativeTime } from "@/ui/relative-time";
import { SparkLine } from "@/ui/spark-line";
import { Table, Td, Th, Tr } from "@/ui/table";
import { ConnectButton } from "./connect-button";

const BROAD = "max-xl:hidden";
const MID = "max-lg:hidden";

/** The one thing that the account waits for, if any. */
export function Need({ account }: { account: Account }) {
  if (account.needs !== "connect" && account.needs !== "reconnect") return null;
  return (
    <span className="relative z-10">
      <ConnectButton account={account} kind="secondary" />
    </span>
  );
}

export function AccountsTable({ items }: { items: readonly Account[] }) {
  return (
    <Table label="Accounts">
      <thead>
        <tr>
          <Th>Account</Th>
          <Th>Status</Th>
          <Th>Phase</Th>
          <Th number>Health</Th>
          <Th number>Today</Th>
          <Th number className={MID}>
            Followers
          </Th>
          <Th number className={BROAD}>
            7 days
          </Th>
          <Th number className={MID}>
            Next
          </Th>
          <Th>
            <span className="sr-only">What it needs</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {items.map((account) => (
          <Tr key={account.id} className="relative" data-testid="account-row" data-id={account.id}>
            <Td className="w-[30%] max-w-0">
              <AccountName account={account} />
            </Td>
            <Td>
              <AccountStatusMark account={account} />
            </Td>
            <Td>
              <AccountPhase account={account} className="w-28" />
            </Td>
            <Td number>
              <AccountHealthFigure account={account} />
            </Td>
            <Td number>
              <AccountToday account={account} />
            </Td>
            <Td number className={MID}>
              {formatCompact(account.followers)}
            </Td>
            <Td number className={BROAD}>
              <span className="inline-flex items-center gap-2.5 align-middle">
                <SparkLine values={account.followers_series.slice(-7)} className="h-4 w-12" />
                <span className="w-12">{formatChange(account.followers_change)}</span>
              </span>
            </Td>
            <Td number className={`${MID} whitespace-nowrap text-ink-2`}>
              {account.next_due_at === null ? NO_VALUE : <RelativeTime at={account.next_due_at} />}
            </Td>
            <Td number className="w-0">
              <Need account={account} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
