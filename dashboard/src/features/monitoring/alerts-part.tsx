"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheckBig, Info } from "lucide-react";
import type { Alert } from "@/api/types/system";
import { Badge } from "@/ui/badge";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Light } from "@/ui/light";
import { Link } from "@/ui/link";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { alertsQuery } from "./queries";

const WORD: Record<Alert["level"], string> = { critical: "Critical", warning: "Warning", info: "Info" };
const TONE = { critical: "red", warning: "yellow", info: "neutral" } as const;

/** Where an alert's next step is done, for the codes that have such a place. */
const PLACE: Record<string, { href: string; label: string }> = {
  account_red: { href: "/accounts/", label: "Accounts" },
  reconnect_needed: { href: "/accounts/", label: "Accounts" },
  access_expires: { href: "/accounts/", label: "Accounts" },
  outcome_unknown: { href: "/activity/", label: "Activity" },
  approvals_old: { href: "/approvals/", label: "Approvals" },
};

function Mark({ level }: { level: Alert["level"] }) {
  if (level === "info") return <Info aria-hidden="true" className="size-4 text-ink-3" />;
  return <Light light={level === "critical" ? "red" : "yellow"} size="md" />;
}

function Row({ alert }: { alert: Alert }) {
  const place = PLACE[alert.code];
  return (
    <li
      className="flex gap-3 border-b px-4 py-3 last:border-b-0"
      data-testid="alert"
      data-level={alert.level}
    >
      <span className="mt-0.5 shrink-0">
        <Mark level={alert.level} />
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium">{alert.sentence}</p>
        <p className="text-ink-2">{alert.next_step}</p>
      </div>
      <div className="flex shrink-0 flex-col items-end gap-1">
        <Badge tone={TONE[alert.level]}>{WORD[alert.level]}</Badge>
        {alert.at == null ? null : <RelativeTime at={alert.at} className="text-xs text-ink-3" />}
        {place === undefined ? null : (
          <Link href={place.href} className="text-accent-text underline">
            {place.label}
          </Link>
        )}
      </div>
    </li>
  );
}

export function AlertsPart() {
  const alerts = useQuery(alertsQuery);
  const items = alerts.data?.items;
  return (
    <Section title="Alerts" flush>
      {items === undefined ? (
        alerts.isError ? (
          <ErrorState error={alerts.error} onRetry={() => void alerts.refetch()} />
        ) : (
          <SkeletonRows rows={3} height={65} />
        )
      ) : items.length === 0 ? (
        <EmptyState
          icon={<CircleCheckBig aria-hidden="true" className="size-6 text-green" />}
          title="All is well"
          text="Nothing needs you now. What does shows here, with its next step."
        />
      ) : (
        <ul aria-label="Alerts">
          {items.map((alert) => (
            <Row key={`${alert.code}-${alert.sentence}`} alert={alert} />
          ))}
        </ul>
      )}
    </Section>
  );
}
