"use client";

import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { shortcutBoard, type Shortcut } from "./shortcuts";

const NONE: readonly Shortcut[] = [];

/**
 * Registers shortcuts while the component is mounted and `enabled`. `run` may close over fresh state:
 * the newest one is called. The set of keys must not change while mounted (disable and mount another).
 */
export function useShortcuts(shortcuts: readonly Shortcut[], enabled = true): void {
  const latest = useRef(shortcuts);
  useLayoutEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    if (!enabled) return undefined;
    return shortcutBoard.add(
      latest.current.map((entry, index) => ({ ...entry, run: () => latest.current[index]?.run() })),
    );
  }, [enabled]);
}

/** Listens to the keyboard; mounted once, by the shell. */
export function useShortcutListener(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      shortcutBoard.handle(event);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

/** What is active now, for the help list. */
export function useShortcutList(): readonly Shortcut[] {
  return useSyncExternalStore(shortcutBoard.list.subscribe, shortcutBoard.list.get, () => NONE);
}
