"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { buttonClass } from "@/ui/button";
import { Link } from "@/ui/link";
import { PageBody, PageHeader } from "@/ui/page-header";
import { Segmented } from "@/ui/segmented";
import { OverviewSkeleton } from "./overview-skeleton";
import { overviewAccountsQuery, overviewQuery, platformHealthQuery, recentActivityQuery } from "./queries";

const OverviewBody = dynamic(() => import("./overview-body").then((module) => module.OverviewBody), {
  ssr: false,
  loading: OverviewSkeleton,
});

type Span = "7" | "30" | "60";

const SPANS: { value: Span; label: string }[] = [
  { value: "7", label: "7d" },
  { value: "30", label: "30d" },
  { value: "60", label: "60d" },
];

/** Header and skeleton come with the page; the body's code and its data are fetched side by side. */
export function OverviewPage() {
  const [span, setSpan] = useState<Span>("30");
  const days = Number(span);
  useQuery(overviewQuery(days));
  useQuery(overviewAccountsQuery);
  useQuery(platformHealthQuery);
  useQuery(recentActivityQuery);
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <>
            <Segmented label="Days shown" value={span} options={SPANS} onChange={setSpan} />
            <Link href="/accounts/?add=1" className={buttonClass("primary")}>
              <Plus aria-hidden="true" className="size-4" />
              <span className="max-[359px]:sr-only">Add account</span>
            </Link>
          </>
        }
      />
      <PageBody>
        <OverviewBody days={days} />
      </PageBody>
    </>
  );
}
