"use client";

import { useLayoutEffect, useState, type RefObject } from "react";

/** Which rows of a long list of equal heights are in sight, with some to spare above and below. */
export interface RowsInSight {
  from: number;
  /** Past the last one. */
  to: number;
}

const SPARE = 6;

export function sliceInSight(top: number, height: number, rowHeight: number, count: number): RowsInSight {
  return {
    from: Math.max(0, Math.min(count, Math.floor(top / rowHeight)) - SPARE),
    to: Math.min(count, Math.ceil((top + height) / rowHeight) + SPARE),
  };
}

export function useRowsInSight(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): RowsInSight {
  const [view, setView] = useState({ top: 0, height: 0 });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const read = () => {
      // Whole rows only: scrolling within one changes nothing.
      const top = Math.floor(element.scrollTop / rowHeight) * rowHeight;
      const height = element.clientHeight;
      setView((before) => (before.top === top && before.height === height ? before : { top, height }));
    };
    read();
    const watcher = new ResizeObserver(read);
    watcher.observe(element);
    element.addEventListener("scroll", read, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", read);
    };
  }, [scroller, rowHeight]);

  return sliceInSight(view.top, view.height + rowHeight, rowHeight, count);
}

/** Scrolls as little as needed for the row to be in sight whole. */
export function revealRow(scroller: HTMLElement, at: number, rowHeight: number): void {
  const top = at * rowHeight;
  const bottom = top + rowHeight;
  const { scrollTop, clientHeight } = scroller;
  if (top < scrollTop) scroller.scrollTop = top;
  else if (bottom > scrollTop + clientHeight) scroller.scrollTop = bottom - clientHeight;
}
