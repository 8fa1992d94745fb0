"use client";

import { useQuery } from "@tanstack/react-query";
import { useLiveEvents, useLiveRefresh } from "@/lib/live";
import { AreaChart } from "@/ui/area-chart";
import { ChartLegend } from "@/ui/chart-parts";
import { ErrorState } from "@/ui/error-state";
import { Section } from "@/ui/section";
import { Skeleton } from "@/ui/skeleton";
import { AccountsPart } from "./accounts-part";
import { Figures } from "./figures";
import { HealthPart } from "./health-part";
import { withEvent } from "./activity-words";
import { LiveActivity } from "./live-activity";
import { FiguresSkeleton } from "./overview-skeleton";
import { overviewAccountsQuery, overviewQuery, recentActivityQuery } from "./queries";
import { WaitingPart } from "./waiting-part";

const FIGURE_EVENTS = ["action.", "account.", "health.", "stop."];
const ACCOUNT_EVENTS = [
  "action.succeeded",
  "action.scheduled",
  "action.started",
  "account.",
  "health.",
  "stop.",
];
/** The figures are sums over everything: worth reading again now and then, not with every event. */
const EVERY_MS = 5000;

export function OverviewBody({ days }: { days: number }) {
  const figures = useQuery(overviewQuery(days));
  useLiveRefresh(FIGURE_EVENTS, ["analytics", "overview"], EVERY_MS);
  useLiveRefresh(ACCOUNT_EVENTS, overviewAccountsQuery.queryKey, EVERY_MS);
  useLiveEvents(["action.", "account.", "stop.", "health.", "candidates.", "rule."], (event, client) => {
    client.setQueryData(recentActivityQuery.queryKey, (page) => withEvent(page, event));
  });
  const { data } = figures;
  const failed = figures.isError && data === undefined;
  return (
    <div>
      {data === undefined ? (
        failed ? (
          <div className="border-b">
            <ErrorState error={figures.error} onRetry={() => void figures.refetch()} />
          </div>
        ) : (
          <FiguresSkeleton />
        )
      ) : (
        <Figures data={data} />
      )}
      <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0 max-xl:border-b xl:border-r">
          <Section
            title="Engagements"
            actions={<ChartLegend name="This period" previousName="Previous" />}
            className="min-h-[268px]"
          >
            {data === undefined ? (
              failed ? (
                <p className="text-ink-3">The chart comes with the figures above.</p>
              ) : (
                <Skeleton className="mt-3 h-[190px] w-full" />
              )
            ) : (
              <div className="pt-3">
                <AreaChart
                  label="Engagements by day"
                  name="This period"
                  points={data.engagements.series}
                  previous={data.engagements.previous}
                />
              </div>
            )}
          </Section>
          <AccountsPart />
        </div>
        <div className="min-w-0">
          <WaitingPart waiting={data?.waiting} failed={failed} />
          <HealthPart />
          <LiveActivity />
        </div>
      </div>
    </div>
  );
}
