"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleCheckBig } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { Incident } from "@/api/types/incidents";
import { useLiveRefresh } from "@/lib/live";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PlatformMark } from "@/ui/platform-mark";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { incidentsQuery } from "./queries";
import { KIND_NAME } from "./words";

const IncidentSheet = dynamic(() => import("./incident-sheet").then((module) => module.IncidentSheet), {
  ssr: false,
});

const EVENTS = ["account."];

function Row({ incident, onOpen }: { incident: Incident; onOpen: () => void }) {
  const open = incident.closed_at === null;
  return (
    <li className="border-b last:border-b-0" data-testid="incident" data-open={open}>
      <button
        type="button"
        onClick={onOpen}
        className="flex w-full items-start gap-3 px-4 py-3 text-left hover:bg-raised"
      >
        <span className="mt-0.5 shrink-0">
          <PlatformMark platform={incident.account.platform} />
        </span>
        <span className="min-w-0 flex-1">
          <span className="block font-medium wrap-anywhere">{incident.sentence}</span>
          <span className="block text-ink-3">
            {KIND_NAME[incident.kind]} · <RelativeTime at={incident.opened_at} form="words" />
          </span>
        </span>
        <Badge tone={open ? "yellow" : "neutral"}>{open ? "Open" : "Over"}</Badge>
      </button>
    </li>
  );
}

/** Incidents of one account, or, without an id, of the workspace. Hidden for an account that had none. */
export function IncidentsPart({ accountId = "" }: { accountId?: string }) {
  const query = incidentsQuery(accountId);
  const incidents = useInfiniteQuery(query);
  const [shown, setShown] = useState<string | null>(null);
  useLiveRefresh(EVENTS, query.queryKey, 5000);
  const items = incidents.data?.pages.flatMap((page) => page.items);
  if (accountId !== "" && (items === undefined || items.length === 0)) return null;
  return (
    <Section title="Incidents" note="what stood in the way, and the way back" flush>
      {items === undefined ? (
        incidents.isError ? (
          <ErrorState error={incidents.error} onRetry={() => void incidents.refetch()} />
        ) : (
          <SkeletonRows rows={2} height={65} />
        )
      ) : items.length === 0 ? (
        <EmptyState
          icon={<CircleCheckBig aria-hidden="true" className="size-6 text-green" />}
          title="No incident yet"
          text="Warnings, lost connections and pauses show here, each with its last 72 hours."
        />
      ) : (
        <ul aria-label="Incidents">
          {items.map((incident) => (
            <Row key={incident.id} incident={incident} onOpen={() => setShown(incident.id)} />
          ))}
        </ul>
      )}
      {incidents.hasNextPage ? (
        <div className="px-4 py-3">
          <Button busy={incidents.isFetchingNextPage} onClick={() => void incidents.fetchNextPage()}>
            Earlier incidents
          </Button>
        </div>
      ) : null}
      {shown === null ? null : <IncidentSheet id={shown} onClose={() => setShown(null)} />}
    </Section>
  );
}
