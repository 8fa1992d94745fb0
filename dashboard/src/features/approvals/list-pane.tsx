"use client";

import type { RefObject } from "react";
import { ErrorState } from "@/ui/error-state";
import { BulkBar } from "./bulk-bar";
import { MinutesBar } from "./minutes-bar";
import { QueueFilters } from "./queue-filters";
import { QueueList } from "./queue-list";
import { ListSkeleton } from "./queue-skeleton";
import type { Approvals } from "./use-approvals";

export interface ListPaneProps {
  page: Approvals;
  search: RefObject<HTMLInputElement | null>;
  searching: boolean;
  onSearching: (open: boolean) => void;
  onOpen: () => void;
  onApproveSelected: () => void;
  onRejectSelected: () => void;
}

/** Filters, the queue and what a selection allows. A phone shows the filters alone. */
export function ListPane(props: ListPaneProps) {
  const { page, search, searching, onSearching, onOpen } = props;
  const { queue, decisions, drafts, filter } = page;

  function markOf(id: string) {
    if (decisions.problems.has(id)) return "refused" as const;
    return drafts.of(id) === undefined ? null : ("edited" as const);
  }

  return (
    <div className="flex w-[440px] shrink-0 flex-col overflow-hidden border-r max-lg:w-[340px] max-md:w-full max-md:border-r-0">
      <QueueFilters
        filter={filter}
        summary={page.summary}
        searching={searching}
        search={search}
        selection={{
          all: queue.rows.length > 0 && page.selected.length === queue.rows.length,
          some: page.selected.length > 0,
          toggle: page.checkAll,
        }}
        onFilter={page.setFilter}
        onSearching={(on) => {
          onSearching(on);
          if (!on && filter.q !== "") page.setFilter({ ...filter, q: "" });
        }}
      />
      <MinutesBar
        deferred={filter.deferred}
        onDeferred={(shown) => page.setFilter({ ...filter, deferred: shown })}
      />
      <div className="flex min-h-0 flex-1 flex-col max-md:hidden">
        {queue.error !== null ? (
          <ErrorState error={queue.error} onRetry={queue.retry} />
        ) : queue.loading ? (
          <ListSkeleton />
        ) : (
          <QueueList
            rows={queue.rows}
            total={queue.total}
            currentId={page.chosen}
            checked={page.checked}
            markOf={markOf}
            takesFocus={page.takesFocus}
            onOpen={(id) => (id === page.chosen ? onOpen() : page.choose(id))}
            onCheck={page.check}
            onNearEnd={queue.more}
          />
        )}
        {page.bulk.count === 0 ? null : (
          <BulkBar
            state={page.bulk}
            disabled={!page.mayDecide}
            onApprove={props.onApproveSelected}
            onReject={props.onRejectSelected}
            onClear={page.clearChecks}
          />
        )}
      </div>
    </div>
  );
}
