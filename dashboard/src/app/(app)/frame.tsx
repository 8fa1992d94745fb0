"use client";

import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useDebugValue, type ReactNode } from "react";
import { AppShell } from "@/features/shell/app-shell";
import { QueryProvider } from "@/features/shell/query-provider";
import { StopBanner } from "@/features/stops/stop-banner";
import { StopButton } from "@/features/stops/stop-button";
import { Avatar } from "@/ui/avatar";
import { Badge } from "@/ui/badge";
import { EmptyState } from "@/ui/empty-state";
import { Field } from "@/ui/field";
import { Menu } from "@/ui/menu";
import { Meter } from "@/ui/meter";
import { PageHeader } from "@/ui/page-header";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { Segmented } from "@/ui/segmented";
import { Select } from "@/ui/select";
import { SkeletonRows } from "@/ui/skeleton";
import { Table } from "@/ui/table";

/**
 * What most pages draw with. Named here it travels once, with the frame; otherwise the chunk of every
 * page carries a copy of its own.
 */
const COMMON = [
  Avatar,
  Badge,
  EmptyState,
  Field,
  Menu,
  Meter,
  PageHeader,
  RelativeTime,
  Section,
  Segmented,
  Select,
  SkeletonRows,
  Table,
  useInfiniteQuery,
  useMutation,
];

/** One client entry for the whole frame: several would each carry a copy of what they share. */
export function Frame({ children }: { children: ReactNode }) {
  useDebugValue(COMMON);
  return (
    <QueryProvider>
      <AppShell stopButton={<StopButton />} stopBanner={<StopBanner />}>
        {children}
      </AppShell>
    </QueryProvider>
  );
}
