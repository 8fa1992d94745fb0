"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import type { ReactNode } from "react";
import { profileQuery } from "@/lib/shared-queries";
import { PageBody, PageHeader } from "@/ui/page-header";
import { SkeletonRows } from "@/ui/skeleton";

function BodySkeleton() {
  return (
    <div className="pt-10">
      <SkeletonRows rows={6} height={64} />
    </div>
  );
}

const SettingsBody = dynamic(() => import("./settings-body").then((module) => module.SettingsBody), {
  ssr: false,
  loading: BodySkeleton,
});

/** Without a profile there is nothing to set; the shell then shows why. */
export function SettingsPage({ safety }: { safety: ReactNode }) {
  const profile = useQuery(profileQuery);
  return (
    <>
      <PageHeader title="Settings" live={false} />
      <PageBody>
        {profile.data === undefined ? (
          <BodySkeleton />
        ) : (
          <SettingsBody profile={profile.data} safety={safety} />
        )}
      </PageBody>
    </>
  );
}
