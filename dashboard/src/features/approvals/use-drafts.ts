"use client";

import { useSyncExternalStore } from "react";
import { createStore } from "@/lib/store";

/**
 * Texts being edited, by action. A draft outlives a move to another row, a refused decision and a visit
 * to another page; it ends when it is discarded or sent.
 */
export interface Drafts {
  of: (id: string | null) => string | undefined;
  set: (id: string, text: string) => void;
  drop: (ids: readonly string[]) => void;
}

const NONE: ReadonlyMap<string, string> = new Map();
const store = createStore<ReadonlyMap<string, string>>(NONE);

function set(id: string, text: string): void {
  store.set(new Map([...store.get(), [id, text]]));
}

function drop(ids: readonly string[]): void {
  if (!ids.some((id) => store.get().has(id))) return;
  store.set(new Map([...store.get()].filter(([id]) => !ids.includes(id))));
}

export function useDrafts(): Drafts {
  const drafts = useSyncExternalStore(store.subscribe, store.get, () => NONE);
  return { of: (id) => (id === null ? undefined : drafts.get(id)), set, drop };
}
