import type { ReactNode } from "react";
import type { AccountDetail } from "@/api/types/accounts";
import { formatCompact, formatDay, formatHour, formatInstant, NO_VALUE } from "@/lib/format";
import { PHASE_NAME, PLATFORM_NAME } from "@/lib/words";
import { AccountPhase, AccountStatusMark } from "@/ui/account-parts";
import { Badge } from "@/ui/badge";
import { Light } from "@/ui/light";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";

function Sentences({ items }: { items: readonly string[] }) {
  return (
    <ul className="flex flex-col gap-1.5 text-ink-2">
      {items.map((sentence) => (
        <li key={sentence} className="flex gap-2">
          <span aria-hidden="true" className="mt-2 size-1 shrink-0 rounded-full bg-line-strong" />
          <span className="min-w-0">{sentence}</span>
        </li>
      ))}
    </ul>
  );
}

/** Why this phase, what opens next and what is still missing for it. */
export function PhasePart({ account }: { account: AccountDetail }) {
  const { phase_detail: detail } = account;
  const next = detail.opens_next;
  return (
    <Section
      title="Phase"
      actions={detail.established ? <Badge tone="accent">Established</Badge> : undefined}
    >
      <AccountPhase account={account} className="mb-3" />
      <p className="mb-2 text-ink-3">
        Programme day {detail.programme_day}, since {formatDay(detail.started_on)}.
      </p>
      <h3 className="mb-1 font-medium">Why this phase</h3>
      {account.phase_reason.length === 0 ? (
        <p className="text-ink-3">By the count of days alone.</p>
      ) : (
        <Sentences items={account.phase_reason} />
      )}
      <h3 className="mt-4 mb-1 font-medium">What opens next</h3>
      {next === null ? (
        <p className="text-ink-2">Nothing more: this is the last phase.</p>
      ) : (
        <>
          <p className="mb-1.5 text-ink-2">
            {PHASE_NAME[next.phase]}, on {formatDay(next.on)} at the earliest.
          </p>
          {next.missing.length === 0 ? (
            <p className="text-ink-2">Nothing but the date is missing.</p>
          ) : (
            <>
              <p className="mb-1 text-ink-3">Still missing:</p>
              <Sentences items={next.missing} />
            </>
          )}
          <Gates gates={detail.gates} />
        </>
      )}
    </Section>
  );
}

/** Each gate of the promotion: what is, and what it needs. */
function Gates({ gates }: { gates: AccountDetail["phase_detail"]["gates"] }) {
  if (gates.length === 0) return null;
  return (
    <ul aria-label="What the next phase asks for" className="mt-3 flex flex-col gap-1.5">
      {gates.map((gate) => (
        <li key={gate.code} className="flex items-start gap-2">
          <Light light={gate.met ? "green" : "yellow"} className="mt-[3px]" />
          <span className="min-w-0 flex-1">
            {gate.label}
            <span className="block text-xs text-ink-3">
              {gate.is}; needs {gate.needs}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

export function FactsPart({ account }: { account: AccountDetail }) {
  const facts: [string, ReactNode][] = [
    ["Status", <AccountStatusMark key="status" account={account} />],
    ["Platform", PLATFORM_NAME[account.platform]],
    ["Handle", `@${account.username}`],
    ["Followers", formatCompact(account.followers)],
    ["Time zone", account.timezone.replaceAll("_", " ")],
    ["Awake", `${formatHour(account.waking_start)} to ${formatHour(account.waking_end)}`],
    ["Access", account.connected ? "Connected" : "Not connected"],
    [
      "Works until",
      account.works_until === null ? (
        NO_VALUE
      ) : (
        <span key="until">
          {formatInstant(account.works_until, account.timezone)} (<RelativeTime at={account.works_until} />)
        </span>
      ),
    ],
    ["API tier", account.tier ?? NO_VALUE],
    ["Egress", account.egress?.name ?? "Straight out"],
    ["Added", formatInstant(account.created_at, account.timezone)],
  ];
  return (
    <Section title="Account">
      {account.light_reasons.length === 0 ? null : (
        <div className="mb-3">
          <Sentences items={account.light_reasons} />
        </div>
      )}
      <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-y-1.5">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0 wrap-anywhere">{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
