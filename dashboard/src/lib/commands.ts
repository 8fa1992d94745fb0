"use client";

import { useEffect, useSyncExternalStore } from "react";
import { createStore } from "./store";

/** What the palette offers. Features add their commands while they are mounted. */
export interface Command {
  id: string;
  label: string;
  group: string;
  keywords?: readonly string[] | undefined;
  /** Shown on the right, in shortcut notation: "g q". */
  keys?: string | undefined;
  run: () => void;
}

const NONE: readonly Command[] = [];
const commands = createStore<readonly Command[]>(NONE);

/** Offers commands while mounted. Memoise the list: a new array registers it again. */
export function useCommands(list: readonly Command[]): void {
  useEffect(() => {
    commands.set([...commands.get(), ...list]);
    return () => commands.set(commands.get().filter((entry) => !list.includes(entry)));
  }, [list]);
}

export function useCommandList(): readonly Command[] {
  return useSyncExternalStore(commands.subscribe, commands.get, () => NONE);
}
