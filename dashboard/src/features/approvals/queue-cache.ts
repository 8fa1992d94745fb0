import type { QueryClient } from "@tanstack/react-query";
import type { Action, ApprovalsSummary } from "@/api/types/actions";
import { actionQuery, approvalsSummaryQuery } from "@/lib/shared-queries";
import { withNewer, withRow, without, type Pages } from "./pages";
import { PENDING, readAction } from "./queries";

/** Takes rows out of every loaded view of the queue. */
export function dropRows(client: QueryClient, ids: ReadonlySet<string>): void {
  client.setQueriesData<Pages>({ queryKey: PENDING }, (pages) =>
    pages === undefined ? pages : without(pages, ids),
  );
}

export interface QueueCache {
  /** Moves the counts as the server will: -1 when rows leave, 1 when they come back. */
  count: (rows: readonly Action[], by: 1 | -1) => void;
  /** Reads one row again and shows the newest content in its place. */
  reload: (id: string) => Promise<void>;
  /** Puts a row back into every view that it belongs to. */
  restore: (row: Action) => void;
  refresh: () => void;
}

export function queueCache(client: QueryClient): QueueCache {
  return {
    count: (rows, by) => {
      client.setQueryData<ApprovalsSummary>(approvalsSummaryQuery.queryKey, (summary) => {
        if (summary === undefined) return summary;
        const next = { ...summary };
        for (const row of rows) {
          next[row.light] = Math.max(0, next[row.light] + by);
          next.total = Math.max(0, next.total + by);
          next.decided_today = Math.max(0, next.decided_today - by);
        }
        return next;
      });
    },
    reload: async (id) => {
      try {
        const detail = await readAction(id);
        client.setQueryData(actionQuery(id).queryKey, detail);
        client.setQueriesData<Pages>({ queryKey: PENDING }, (pages) =>
          pages === undefined ? pages : withNewer(pages, detail),
        );
      } catch {
        // The refusal is already on screen; the list itself is the second chance.
        await client.invalidateQueries({ queryKey: PENDING });
      }
    },
    restore: (row) => {
      for (const [key] of client.getQueriesData<Pages>({ queryKey: PENDING })) {
        const light = key[2];
        const [, , , q, deferred] = key;
        if (q === "" && deferred === false && (light === "all" || light === row.light)) {
          client.setQueryData<Pages>(key, (pages) => (pages === undefined ? pages : withRow(pages, row)));
        } else {
          void client.invalidateQueries({ queryKey: key, exact: true });
        }
      }
      client.removeQueries({ queryKey: actionQuery(row.id).queryKey, type: "inactive" });
    },
    refresh: () => void client.invalidateQueries({ queryKey: PENDING }),
  };
}
