"use client";

import { useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { accountLabel } from "@/lib/account-state";
import { accountChoicesQuery } from "@/lib/shared-queries";
import { buttonClass } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Link } from "@/ui/link";
import { PageBody, PageHeader } from "@/ui/page-header";
import { Segmented } from "@/ui/segmented";
import { Skeleton, SkeletonRows } from "@/ui/skeleton";
import { ExportMenu } from "./export-menu";

function BodySkeleton() {
  return (
    <div>
      <div className="h-[516px] border-b px-4 py-3">
        <Skeleton className="h-3 w-24" />
        <Skeleton className="mt-8 h-16 w-full" />
        <Skeleton className="mt-8 h-80 w-full" />
      </div>
      <SkeletonRows rows={5} />
    </div>
  );
}

const AnalyticsBody = dynamic(() => import("./analytics-body").then((module) => module.AnalyticsBody), {
  ssr: false,
  loading: BodySkeleton,
});

type Span = "7" | "30" | "60" | "90";

const SPANS = (["7", "30", "60", "90"] as const).map((value) => ({ value, label: `${value}d` }));

export function AnalyticsPage() {
  const [span, setSpan] = useState<Span>("30");
  const accounts = useQuery(accountChoicesQuery);
  const choices = accounts.data?.items.map((account) => ({
    value: account.id,
    label: accountLabel(account),
  }));
  return (
    <>
      <PageHeader
        title="Analytics"
        live={false}
        actions={
          <>
            <Segmented label="Days shown" value={span} options={SPANS} onChange={setSpan} />
            <ExportMenu days={Number(span)} />
          </>
        }
      />
      <PageBody>
        {choices === undefined ? (
          accounts.isError ? (
            <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
          ) : (
            <BodySkeleton />
          )
        ) : choices.length === 0 ? (
          <EmptyState
            icon={<UsersRound aria-hidden="true" className="size-6" />}
            title="Nothing to measure yet"
            text="Growth is measured from the day an account is connected."
            action={
              <Link href="/accounts/?add=1" className={buttonClass("primary")}>
                Add account
              </Link>
            }
          />
        ) : (
          <AnalyticsBody days={Number(span)} accounts={choices} />
        )}
      </PageBody>
    </>
  );
}
