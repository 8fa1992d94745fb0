import type { Action } from "@/api/types/actions";

/** What may be decided for a whole selection at once. */
export interface BulkState {
  count: number;
  green: readonly Action[];
  /** "1 high, 2 medium", or "" when all are green. */
  blockers: string;
  hasRed: boolean;
  mayApprove: boolean;
}

export function bulkState(selected: readonly Action[]): BulkState {
  const green = selected.filter((row) => row.light === "green");
  const yellow = selected.filter((row) => row.light === "yellow").length;
  const red = selected.filter((row) => row.light === "red").length;
  const blockers = [red > 0 ? `${red} high` : "", yellow > 0 ? `${yellow} medium` : ""]
    .filter((part) => part !== "")
    .join(", ");
  return {
    count: selected.length,
    green,
    blockers,
    hasRed: red > 0,
    mayApprove: selected.length > 0 && green.length === selected.length,
  };
}

/** Where the eye goes after rows left the queue: the next one below, else the one above. */
export function nextAfter(
  rows: readonly Action[],
  leaving: ReadonlySet<string>,
  from: string | null,
): string | null {
  const at = rows.findIndex((row) => row.id === from);
  if (at === -1) return from;
  if (!leaving.has(from ?? "")) return from;
  const stays = (row: Action) => !leaving.has(row.id);
  return (rows.slice(at + 1).find(stays) ?? rows.slice(0, at).findLast(stays))?.id ?? null;
}

/** The row `by` places from the one at `start` (-1: before the first), held at the ends. */
export function movedBy(rows: readonly Action[], start: number, by: number): string | null {
  return rows[Math.min(rows.length - 1, Math.max(0, start + by))]?.id ?? null;
}
