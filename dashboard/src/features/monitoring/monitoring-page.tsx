"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useLiveRefresh } from "@/lib/live";
import { stopsQuery } from "@/lib/shared-queries";
import { ErrorNote } from "@/ui/error-state";
import { Light } from "@/ui/light";
import { PageBody, PageHeader } from "@/ui/page-header";
import { Section } from "@/ui/section";
import { Skeleton } from "@/ui/skeleton";
import { AlertsPart } from "./alerts-part";
import { PausesPart } from "./pauses-part";
import { PlatformsPart } from "./platforms-part";
import { alertsQuery, readinessQuery } from "./queries";

const ALERT_EVENTS = ["stop.", "account.", "action.failed", "action.unknown", "action.reconciled"];

/** `stops` lists the stops that hold, each with the way to lift it; `incidents` those of the workspace. */
export function MonitoringPage({ stops, incidents }: { stops: ReactNode; incidents: ReactNode }) {
  useLiveRefresh(ALERT_EVENTS, alertsQuery.queryKey, 5000);
  return (
    <>
      <PageHeader title="Monitoring" />
      <PageBody reachableAs="Monitoring, page">
        <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="min-w-0 max-xl:border-b xl:border-r">
            <AlertsPart />
            <PausesPart />
            <PlatformsPart />
            {incidents}
          </div>
          <div className="min-w-0">
            <StopsPart>{stops}</StopsPart>
            <ReadinessPart />
          </div>
        </div>
      </PageBody>
    </>
  );
}

function StopsPart({ children }: { children: ReactNode }) {
  const stops = useQuery(stopsQuery);
  return (
    <Section title="Stops">
      {stops.data === undefined ? (
        stops.isError ? (
          <ErrorNote error={stops.error} />
        ) : (
          <Skeleton className="h-5 w-40" />
        )
      ) : stops.data.active.length === 0 ? (
        <p className="text-ink-2">No stop holds. Actions start as planned.</p>
      ) : (
        children
      )}
    </Section>
  );
}

function ReadinessPart() {
  const readiness = useQuery(readinessQuery);
  const { data } = readiness;
  return (
    <Section
      title="Readiness"
      actions={
        data === undefined ? undefined : (
          <Light light={data.ready ? "green" : "red"} word={data.ready ? "Ready" : "Not ready"} />
        )
      }
    >
      {data === undefined ? (
        readiness.isError ? (
          <ErrorNote error={readiness.error} />
        ) : (
          <Skeleton className="h-24 w-full" />
        )
      ) : (
        <ul className="flex flex-col gap-2">
          {data.checks.map((check) => (
            <li key={check.name} className="flex items-start gap-2">
              <Light light={check.ok ? "green" : check.required ? "red" : "yellow"} className="mt-[3px]" />
              <span className="min-w-0">
                <span className="block font-medium first-letter:uppercase">
                  {check.name.replaceAll("_", " ")}
                </span>
                <span className="block wrap-anywhere text-ink-2">{check.detail}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
