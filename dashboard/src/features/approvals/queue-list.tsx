"use client";

import { useEffect, useRef } from "react";
import type { Action } from "@/api/types/actions";
import { revealRow, useRowsInSight } from "@/lib/use-rows-in-sight";
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
  const { from, to } = useRowsInSight(scroller, rows.length, ROW_HEIGHT);
  const currentAt = rows.findIndex((row) => row.id === currentId);

  useEffect(() => {
    if (currentAt >= 0 && scroller.current !== null) revealRow(scroller.current, currentAt, ROW_HEIGHT);
  }, [currentAt]);

  useEffect(() => {
    if (rows.length > 0 && Math.max(to, currentAt) >= rows.length - NEAR) onNearEnd();
  }, [to, currentAt, rows.length, onNearEnd]);

  return (
    <div ref={scroller} className="scroll-thin min-h-0 flex-1 overflow-y-auto">
      <ul aria-label="Queue" className="relative" style={{ height: rows.length * ROW_HEIGHT }}>
        {rows.slice(from, to).map((row, offset) => {
          const at = from + offset;
          return (
            <li
              key={row.id}
              aria-setsize={total ?? -1}
              aria-posinset={at + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${at * ROW_HEIGHT}px)` }}
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
