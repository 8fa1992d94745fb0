import type { Account } from "@/api/types/accounts";
import { formatCompact } from "@/lib/format";
import {
  AccountHealthFigure,
  AccountName,
  AccountPhase,
  AccountStatusMark,
  AccountToday,
} from "@/ui/account-parts";
import { Need } from "./accounts-table";

/** The same rows for a phone: one card each, the whole card opens it. */
export function AccountCards({ items }: { items: readonly Account[] }) {
  return (
    <ul aria-label="Accounts">
      {items.map((account) => (
        <li
          key={account.id}
          className="relative flex flex-col gap-3 border-b px-4 py-3.5"
          data-testid="account-row"
          data-id={account.id}
        >
          <span className="flex items-center justify-between gap-3">
            <AccountName account={account} />
            <AccountStatusMark account={account} />
          </span>
          <AccountPhase account={account} />
          <dl className="flex flex-wrap items-center gap-x-5 gap-y-2">
            <div className="flex gap-1.5">
              <dt className="text-ink-3">Health</dt>
              <dd>
                <AccountHealthFigure account={account} />
              </dd>
            </div>
            <div className="flex gap-1.5">
              <dt className="text-ink-3">Today</dt>
              <dd>
                <AccountToday account={account} />
              </dd>
            </div>
            <div className="flex gap-1.5">
              <dt className="text-ink-3">Followers</dt>
              <dd>{formatCompact(account.followers)}</dd>
            </div>
          </dl>
          <Need account={account} />
        </li>
      ))}
    </ul>
  );
}
