"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import type { Action } from "@/api/types/actions";
import { QueueRow, ROW_HEIGHT } from "./queue-row";

export interface QueueListProps {
  rows: readonly Action[];
  total: number | null;
  currentId: string | null;
  checked: ReadonlySet<string>;
  markOf: (id: string) => "edited" | "refused" | null;
  takesFocus: () => boolean;
  onOpen: (id: string) => void;
  onCheck: (id: string) => void;
  onNearEnd: () => void;
}

const NEAR = 15;

/** The queue. Only the rows in sight exist; the next page is read before its end comes into sight. */
export function QueueList(props: QueueListProps) {
  const { rows, total, currentId, checked, markOf, takesFocus, onOpen, onCheck, onNearEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the list is small; nothing here is memoised
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const currentAt = rows.findIndex((row) => row.id === currentId);
  const { scrollToIndex } = virtual;

  useEffect(() => {
    if (currentAt >= 0) scrollToIndex(currentAt, { align: "auto" });
  }, [currentAt, scrollToIndex]);

  useEffect(() => {
    if (rows.length > 0 && Math.max(last, currentAt) >= rows.length - NEAR) onNearEnd();
  }, [last, currentAt, rows.length, onNearEnd]);

  return (
    <div ref={scroller} className="scroll-thin min-h-0 flex-1 overflow-y-auto">
      <ul aria-label="Queue" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <li
              key={item.key}
              aria-setsize={total ?? -1}
              aria-posinset={item.index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <QueueRow
                row={row}
                current={row.id === currentId}
                checked={checked.has(row.id)}
                mark={markOf(row.id)}
                takesFocus={takesFocus}
                onOpen={onOpen}
                onCheck={onCheck}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
