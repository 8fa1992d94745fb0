"use client";

import type { ReactNode } from "react";
import { AppShell } from "@/features/shell/app-shell";
import { QueryProvider } from "@/features/shell/query-provider";
import { StopBanner } from "@/features/stops/stop-banner";
import { StopButton } from "@/features/stops/stop-button";

/** One client entry for the whole frame: several would each carry a copy of what they share. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <QueryProvider>
      <AppShell stopButton={<StopButton />} stopBanner={<StopBanner />}>
        {children}
      </AppShell>
    </QueryProvider>
  );
}
