import type { InfiniteData } from "@tanstack/react-query";
import type { Action } from "@/api/types/actions";
import type { Page } from "@/api/types/common";

/** The loaded part of the queue, and how one row leaves it, returns to it or is replaced in it. */
export type Pages = InfiniteData<Page<Action>>;

export function rowsOf(pages: Pages | undefined): Action[] {
  const seen = new Set<string>();
  return (pages?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((row) => {
      // A row can move to a later page between two reads.
      if (seen.has(row.id)) return false;
      seen.add(row.id);
      return true;
    });
}

function mapItems(pages: Pages, change: (items: Action[], last: boolean) => Action[]): Pages {
  const end = pages.pages.length - 1;
  return {
    ...pages,
    pages: pages.pages.map((page, at) => ({ ...page, items: change(page.items, at === end) })),
  };
}

export function without(pages: Pages, ids: ReadonlySet<string>): Pages {
  if (!rowsOf(pages).some((row) => ids.has(row.id))) return pages;
  return mapItems(pages, (items) => items.filter((row) => !ids.has(row.id)));
}

/** Puts the row where its age belongs, once. */
export function withRow(pages: Pages, row: Action): Pages {
  const cleared = without(pages, new Set([row.id]));
  let placed = false;
  return mapItems(cleared, (items, last) => {
    if (placed) return items;
    const before = items.findIndex((entry) => entry.created_at > row.created_at);
    if (before === -1 && !last) return items;
    placed = true;
    return before === -1 ? [...items, row] : [...items.slice(0, before), row, ...items.slice(before)];
  });
}

/** The same row with new content, in place. */
export function withNewer(pages: Pages, row: Action): Pages {
  return mapItems(pages, (items) => items.map((entry) => (entry.id === row.id ? row : entry)));
}
