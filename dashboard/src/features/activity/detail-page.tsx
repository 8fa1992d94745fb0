"use client";

import { ArrowLeft } from "lucide-react";
import dynamic from "next/dynamic";
import { useSearchParams } from "next/navigation";
import { Suspense } from "react";
import { EmptyState } from "@/ui/empty-state";
import { Link } from "@/ui/link";
import { PageHeader } from "@/ui/page-header";
import { SkeletonRows } from "@/ui/skeleton";

const loading = () => <SkeletonRows rows={10} />;
const DetailBody = dynamic(() => import("./detail-body").then((module) => module.DetailBody), {
  ssr: false,
  loading,
});

export function ActivityDetailPage() {
  return (
    <>
      <PageHeader
        title={
          <span className="flex items-center gap-2">
            <Link
              href="/activity/"
              title="Back to activity"
              className="inline-flex size-7 items-center justify-center rounded-md text-ink-2 hover:bg-raised"
            >
              <ArrowLeft aria-hidden="true" className="size-4" />
              <span className="sr-only">Back to activity</span>
            </Link>
            Action
          </span>
        }
      />
      <Suspense fallback={loading()}>
        <ByAddress />
      </Suspense>
    </>
  );
}

function ByAddress() {
  const id = useSearchParams().get("id");
  if (id === null || id === "") {
    return <EmptyState title="No action chosen" text="Open one from the list of activity." />;
  }
  return <DetailBody key={id} id={id} />;
}
