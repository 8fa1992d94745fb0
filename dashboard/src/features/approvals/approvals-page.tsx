"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useCommandList } from "@/lib/commands";
import { formatDuration } from "@/lib/format";
import { approvalsSummaryQuery } from "@/lib/shared-queries";
import { Button } from "@/ui/button";
import { PageHeader } from "@/ui/page-header";
import { QueueSkeleton } from "./queue-skeleton";

const ApprovalsBody = dynamic(() => import("./approvals-body").then((module) => module.ApprovalsBody), {
  ssr: false,
  loading: QueueSkeleton,
});

export function ApprovalsPage() {
  const { data } = useQuery(approvalsSummaryQuery);
  const help = useCommandList().find((command) => command.id === "help");
  const median = data?.median_decision_seconds ?? null;
  const note =
    data === undefined
      ? undefined
      : `${data.decided_today} decided today${median === null ? "" : `, median ${formatDuration(median)} each`}`;
  return (
    <>
      <PageHeader
        title="Approvals"
        note={note}
        actions={
          <Button keys="?" className="max-md:hidden" onClick={() => help?.run()}>
            Shortcuts
          </Button>
        }
      />
      <ApprovalsBody />
    </>
  );
}
