"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus, Target } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { useLiveRefresh } from "@/lib/live";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageBody, PageHeader } from "@/ui/page-header";
import { SkeletonRows } from "@/ui/skeleton";
import { rulesQuery } from "./queries";
import { RulesTable } from "./rules-table";

const RuleForm = dynamic(() => import("./rule-form").then((module) => module.RuleForm), { ssr: false });

export function TargetingPage() {
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHeader
        title="Targeting"
        actions={
          <Button
            kind="primary"
            icon={<Plus aria-hidden="true" className="size-4" />}
            onClick={() => setAdding(true)}
          >
            New rule
          </Button>
        }
      />
      <PageBody>
        <Rules />
      </PageBody>
      {adding ? <RuleForm rule={null} onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function Rules() {
  const rules = useInfiniteQuery(rulesQuery);
  useLiveRefresh(["rule.", "candidates."], rulesQuery.queryKey);
  const items = rules.data?.pages.flatMap((page) => page.items);
  if (items === undefined) {
    if (rules.isError) return <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />;
    return (
      <div className="pt-9">
        <SkeletonRows rows={4} />
      </div>
    );
  }
  if (items.length === 0) {
    return (
      <EmptyState
        icon={<Target aria-hidden="true" className="size-6" />}
        title="No rule yet"
        text="A rule says whom to look for and what to propose to them. Press “New rule” above."
      />
    );
  }
  return (
    <>
      <RulesTable items={items} />
      {rules.hasNextPage ? (
        <div className="flex justify-center border-t p-3">
          <Button busy={rules.isFetchingNextPage} onClick={() => void rules.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </>
  );
}
