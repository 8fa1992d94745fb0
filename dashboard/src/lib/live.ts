"use client";

import { useQueryClient, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { liveFeed } from "@/api/live";
import { INITIAL_LIVE, type LiveStatus } from "@/api/live-state";
import type { LiveEvent } from "@/api/types/system";

/** The live feed for components: its state, its events, and caches kept fresh by them. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    liveFeed.onState,
    () => liveFeed.getState().status,
    () => INITIAL_LIVE.status,
  );
}

/** `"action."` matches every action event, `"stop.set"` only that one. */
export function matches(type: string, wanted: readonly string[]): boolean {
  return wanted.some((entry) => (entry.endsWith(".") ? type.startsWith(entry) : type === entry));
}

/** Calls `handle` for each event of these types (or prefixes ending in a dot) while mounted. */
export function useLiveEvents(
  types: readonly string[],
  handle: (event: LiveEvent, client: QueryClient) => void,
): void {
  const client = useQueryClient();
  const latest = useRef({ types, handle });
  useLayoutEffect(() => {
    latest.current = { types, handle };
  });
  useEffect(
    () =>
      liveFeed.onEvent((event) => {
        if (matches(event.type, latest.current.types)) latest.current.handle(event, client);
      }),
    [client],
  );
}

/** Reads a query again after events of these types: at once, then at most once per `everyMs`. */
export function useLiveRefresh(types: readonly string[], queryKey: QueryKey, everyMs = 1000): void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const again = useRef(false);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  useLiveEvents(types, (_event, client) => {
    if (timer.current !== null) {
      again.current = true;
      return;
    }
    const read = () => void client.invalidateQueries({ queryKey });
    const rest = () => {
      timer.current = null;
      if (!again.current) return;
      again.current = false;
      read();
      timer.current = setTimeout(rest, everyMs);
    };
    read();
    timer.current = setTimeout(rest, everyMs);
  });
}

/** Joins the feed while `on`; after a gap everything on screen is read again. Mounted once, by the shell. */
export function useLiveFeed(on: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!on) return undefined;
    const leave = liveFeed.start();
    const forget = liveFeed.onGap(() => void client.invalidateQueries());
    return () => {
      forget();
      leave();
    };
  }, [client, on]);
}
