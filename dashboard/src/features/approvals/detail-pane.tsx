"use client";

import { Inbox, SearchX } from "lucide-react";
import type { Action } from "@/api/types/actions";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { DecisionBar } from "./decision-bar";
import { Detail } from "./detail";
import { DraftBox } from "./draft-box";
import { DetailSkeleton } from "./queue-skeleton";
import type { Approvals } from "./use-approvals";
import type { Deciding } from "./use-deciding";

export interface DetailPaneProps {
  page: Approvals;
  deciding: Deciding;
  onReject: (action: Action) => void;
  onShowAll: () => void;
}

export function DetailPane({ page, deciding, onReject, onShowAll }: DetailPaneProps) {
  const { queue, decisions, drafts, current, editing } = page;
  const { words } = deciding;
  if (current === null || words === null) return <NoDetail page={page} onShowAll={onShowAll} />;
  const { action } = current;
  return (
    <>
      <Detail
        key={action.id}
        current={current}
        total={queue.total}
        problem={decisions.problems.get(action.id)}
        region={deciding.region}
        onMove={page.move}
        draft={
          words.editable || words.text !== "" ? (
            <DraftBox
              action={action}
              text={words.text}
              edited={words.edited}
              editing={editing}
              readOnly={deciding.sending}
              field={deciding.field}
              onChange={(next) => drafts.set(action.id, next)}
              onDiscard={deciding.discard}
            />
          ) : null
        }
      />
      <DecisionBar
        light={action.light}
        edited={words.edited}
        editing={editing}
        editable={words.editable}
        disabled={deciding.barred}
        unfit={words.unfit}
        sending={deciding.sending}
        onApprove={deciding.approve}
        onReject={() => onReject(action)}
        onEdit={deciding.edit}
        onDiscard={deciding.discard}
        onSnooze={deciding.snooze}
      />
    </>
  );
}

/** Why there is no action to show: it cannot be read, nothing waits, or it is still on its way. */
function NoDetail({ page, onShowAll }: { page: Approvals; onShowAll: () => void }) {
  const { queue, filter } = page;
  if (page.unreadable !== null) return <ErrorState error={page.unreadable} onRetry={page.readAgain} />;
  if (queue.error !== null) {
    return (
      <div className="md:hidden">
        <ErrorState error={queue.error} onRetry={queue.retry} />
      </div>
    );
  }
  if (queue.loading || queue.rows.length > 0) return <DetailSkeleton />;
  return filter.q !== "" || filter.light !== null || filter.deferred ? (
    <EmptyState
      icon={<SearchX aria-hidden="true" className="size-6" />}
      title="Nothing matches"
      text="No waiting action fits this filter."
      action={<Button onClick={onShowAll}>Show all</Button>}
    />
  ) : (
    <EmptyState
      icon={<Inbox aria-hidden="true" className="size-6" />}
      title="Nothing waits for you"
      text="New proposals appear here by themselves, as soon as an account's plan asks for them."
    />
  );
}
