"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { accountName } from "@/lib/account-state";
import { buttonClass } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Link } from "@/ui/link";
import { PageBody, PageHeader } from "@/ui/page-header";
import { Skeleton, SkeletonRows } from "@/ui/skeleton";
import { ConnectNote } from "./connect-note";
import { accountHealthQuery, accountPlanQuery, accountQuery } from "./queries";

function DetailSkeleton() {
  return (
    <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="xl:border-r">
        <div className="h-[236px] border-b p-4">
          <Skeleton className="h-3 w-32" />
          <Skeleton className="mt-6 h-32 w-full" />
        </div>
        <SkeletonRows rows={5} />
      </div>
      <div className="p-4 max-xl:hidden">
        <Skeleton className="h-72 w-full" />
      </div>
    </div>
  );
}

const DetailBody = dynamic(() => import("./detail-body").then((module) => module.DetailBody), {
  ssr: false,
  loading: DetailSkeleton,
});
const DetailActions = dynamic(() => import("./detail-actions").then((module) => module.DetailActions), {
  ssr: false,
});

function Title({ name }: { name: string }) {
  return (
    <>
      <Link href="/accounts/" className="font-normal text-ink-3 hover:text-ink max-md:hidden">
        Accounts
        <span aria-hidden="true" className="px-1.5">
          /
        </span>
      </Link>
      {name}
    </>
  );
}

/** `incidents` lists those of the account that the address names. */
export function DetailPage({ incidents }: { incidents: ReactNode }) {
  const id = useSearchParams().get("id") ?? "";
  if (id === "") {
    return (
      <>
        <PageHeader title="Account" />
        <EmptyState
          title="No account chosen"
          action={
            <Link href="/accounts/" className={buttonClass()}>
              All accounts
            </Link>
          }
        />
      </>
    );
  }
  return <Detail key={id} id={id} incidents={incidents} />;
}

function Detail({ id, incidents }: { id: string; incidents: ReactNode }) {
  const account = useQuery(accountQuery(id));
  useQuery(accountPlanQuery(id, null));
  useQuery(accountHealthQuery(id));
  const { data } = account;
  return (
    <>
      <PageHeader
        title={<Title name={data === undefined ? "Account" : accountName(data)} />}
        actions={data === undefined ? null : <DetailActions account={data} />}
      />
      <PageBody>
        <ConnectNote path={`/accounts/detail/?id=${encodeURIComponent(id)}`} />
        {data === undefined ? (
          account.isError ? (
            <ErrorState error={account.error} onRetry={() => void account.refetch()} />
          ) : (
            <DetailSkeleton />
          )
        ) : (
          <DetailBody account={data} incidents={incidents} />
        )}
      </PageBody>
    </>
  );
}
