"use client";

import dynamic from "next/dynamic";
import { PageHeader } from "@/ui/page-header";
import { SkeletonRows } from "@/ui/skeleton";

const ActivityBody = dynamic(() => import("./activity-body").then((module) => module.ActivityBody), {
  ssr: false,
  loading: () => (
    <>
      <div className="h-[49px] border-b max-md:h-[137px]" />
      <SkeletonRows rows={14} />
    </>
  ),
});

export function ActivityPage() {
  return (
    <>
      <PageHeader title="Activity" />
      <ActivityBody />
    </>
  );
}
