"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { accountHealthQuery, accountQuery } from "./queries";

const EVERY_MS = 3000;

/** Reads one account's page again: at most once in 3 s, however many events ask for it. */
export function useAccountRefresh(id: string): () => void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      void client.invalidateQueries({ queryKey: accountQuery(id).queryKey });
      void client.invalidateQueries({ queryKey: accountHealthQuery(id).queryKey });
      void client.invalidateQueries({ queryKey: ["accounts", "plan", id] });
    }, EVERY_MS);
  }, [client, id]);
}
