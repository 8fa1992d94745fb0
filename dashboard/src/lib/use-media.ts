"use client";

import { useCallback, useSyncExternalStore } from "react";

/** Whether a media query matches now; false in the exported HTML. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(query).matches,
    () => false,
  );
}

/** Wide enough for a table: from 768 px. Below that, lists are cards. */
export function useWide(): boolean {
  return useMedia("(min-width: 768px)");
}
