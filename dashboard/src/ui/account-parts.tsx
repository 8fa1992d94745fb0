import { CirclePause } from "lucide-react";
import type { Account } from "@/api/types/accounts";
import { accountHref, accountName, accountStatus, phaseProgress } from "@/lib/account-state";
import { cx } from "@/lib/cx";
import { NO_VALUE } from "@/lib/format";
import { PHASE_NAME, PLATFORM_NAME } from "@/lib/words";
import { Avatar } from "./avatar";
import { Light } from "./light";
import { Link } from "./link";
import { Meter } from "./meter";

/** Avatar, name, platform and handle; the whole row (or card) that holds it follows the link. */
export function AccountName({ account, linked = true }: { account: Account; linked?: boolean }) {
  const name = accountName(account);
  return (
    <span className="flex min-w-0 items-center gap-3">
      <Avatar name={name} size="sm" />
      <span className="min-w-0">
        {linked ? (
          <Link
            href={accountHref(account.id)}
            className="focus-inset block truncate leading-4 font-medium after:absolute after:inset-0"
          >
            {name}
          </Link>
        ) : (
          <span className="block truncate leading-4 font-medium">{name}</span>
        )}
        <span className="block truncate text-xs text-ink-3">
          {PLATFORM_NAME[account.platform]} · {account.username}
        </span>
      </span>
    </span>
  );
}

export function AccountStatusMark({ account }: { account: Pick<Account, "needs" | "light"> }) {
  const { word, light } = accountStatus(account);
  if (light !== null) return <Light light={light} word={word} className="text-ink-2" />;
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-ink-3">
      <CirclePause aria-hidden="true" className="size-3.5 shrink-0" />
      {word}
    </span>
  );
}

export function AccountPhase({
  account,
  className,
}: {
  account: Pick<Account, "phase" | "programme_day">;
  className?: string;
}) {
  const { done, of, text } = phaseProgress(account.phase, account.programme_day);
  return (
    <span className={cx("block min-w-24", className)}>
      <span className="mb-1 flex justify-between gap-2 text-xs leading-4">
        <span className="font-medium">{PHASE_NAME[account.phase]}</span>
        <span className="text-ink-3">{text}</span>
      </span>
      <Meter label={`Days of ${PHASE_NAME[account.phase]}`} value={done} max={of} pieces={5} />
    </span>
  );
}

export function AccountHealthFigure({ account }: { account: Pick<Account, "health_score" | "light"> }) {
  if (account.health_score === null) return <span className="text-ink-3">{NO_VALUE}</span>;
  return (
    <span className="inline-flex items-center gap-1.5 align-middle">
      <Light light={account.light} />
      {account.health_score}
    </span>
  );
}

/** "9 / 30", with the limit quiet. */
export function AccountToday({ account }: { account: Pick<Account, "today"> }) {
  return (
    <span className="whitespace-nowrap">
      {account.today.used} <span className="text-ink-3">/ {account.today.limit}</span>
    </span>
  );
}
