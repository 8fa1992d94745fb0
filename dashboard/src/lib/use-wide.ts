"use client";

import { useSyncExternalStore } from "react";

const WIDE = "(min-width: 768px)";

function subscribe(listener: () => void): () => void {
  const list = window.matchMedia(WIDE);
  list.addEventListener("change", listener);
  return () => list.removeEventListener("change", listener);
}

/** Wide enough for a table: from 768 px. Below that, lists are cards. False in the exported HTML. */
export function useWide(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(WIDE).matches,
    () => false,
  );
}
