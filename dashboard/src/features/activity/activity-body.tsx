"use client";

import { Activity, SearchX } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { PageBody } from "@/ui/page-header";
import { SkeletonRows } from "@/ui/skeleton";
import { ActivityRow } from "./activity-row";
import { Filters } from "./filters";
import type { HistoryFilter } from "./queries";
import { useHistory } from "./use-history";

const NONE: HistoryFilter = { status: "", account_id: "", platform: "", action_type: "", q: "" };
const KEYS = Object.keys(NONE) as (keyof HistoryFilter)[];

function filterOf(search: string): HistoryFilter {
  const params = new URLSearchParams(search);
  return { ...NONE, ...Object.fromEntries(KEYS.map((key) => [key, params.get(key) ?? ""])) };
}

/** The filter stands in the address, so that it survives a reload and can be sent to somebody. */
function keepInAddress(filter: HistoryFilter): void {
  const params = new URLSearchParams(KEYS.flatMap((key) => (filter[key] === "" ? [] : [[key, filter[key]]])));
  const query = params.toString();
  window.history.replaceState(null, "", query === "" ? window.location.pathname : `?${query}`);
}

export function ActivityBody() {
  const [filter, setFilter] = useState<HistoryFilter>(() => filterOf(window.location.search));
  const list = useHistory(filter);
  const filtered = KEYS.some((key) => filter[key] !== "");

  function change(next: HistoryFilter) {
    setFilter(next);
    keepInAddress(next);
  }

  return (
    <>
      <Filters
        filter={filter}
        onChange={(part) => change({ ...filter, ...part })}
        onClear={() => change(NONE)}
      />
      <PageBody>
        {list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : list.loading ? (
          <SkeletonRows rows={14} />
        ) : list.rows.length === 0 ? (
          <EmptyState
            icon={
              filtered ? (
                <SearchX aria-hidden="true" className="size-6" />
              ) : (
                <Activity aria-hidden="true" className="size-6" />
              )
            }
            title={filtered ? "Nothing matches" : "No activity yet"}
            text={
              filtered
                ? "No action fits these filters."
                : "Every action appears here from its proposal to its proof, as soon as an account is connected and a plan runs."
            }
            action={filtered ? <Button onClick={() => change(NONE)}>Show all</Button> : undefined}
          />
        ) : (
          <>
            <ul aria-label="Actions">
              {list.rows.map((row) => (
                <li
                  key={row.id}
                  className="border-b [contain-intrinsic-height:auto_44px] [content-visibility:auto]"
                >
                  <ActivityRow row={row} />
                </li>
              ))}
            </ul>
            <More {...list} />
          </>
        )}
      </PageBody>
    </>
  );
}

interface MoreProps {
  hasMore: boolean;
  loadingMore: boolean;
  moreFailed: boolean;
  more: () => void;
}

/** Reads the next page when it comes near; the button does the same by hand. */
function More({ hasMore, loadingMore, moreFailed, more }: MoreProps) {
  const mark = useRef<HTMLDivElement>(null);
  const latest = useRef(more);
  useEffect(() => {
    latest.current = more;
  });
  useEffect(() => {
    const element = mark.current;
    if (element === null || !hasMore || moreFailed) return undefined;
    const watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) latest.current();
      },
      { rootMargin: "600px" },
    );
    watcher.observe(element);
    return () => watcher.disconnect();
    // Watches anew after each page: a mark that never left the view would stay silent.
  }, [hasMore, moreFailed, loadingMore]);
  if (!hasMore) return null;
  return (
    <div ref={mark} className="flex h-14 items-center justify-center gap-2">
      {moreFailed ? <span className="text-red-text">The next page could not be read.</span> : null}
      <Button busy={loadingMore} onClick={more}>
        {moreFailed ? "Try again" : "Show more"}
      </Button>
    </div>
  );
}
