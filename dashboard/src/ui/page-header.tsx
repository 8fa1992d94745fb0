"use client";

import type { ReactNode } from "react";
import { useLiveStatus } from "@/lib/live";
import { LiveState } from "./live-state";

export interface PageHeaderProps {
  title: ReactNode;
  /** Quiet text before the actions. */
  note?: ReactNode;
  actions?: ReactNode;
  /** Shows the state of the live feed. */
  live?: boolean;
}

/** The 48 px header of a page: title, live state, actions. */
export function PageHeader({ title, note, actions, live = true }: PageHeaderProps) {
  const status = useLiveStatus();
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-2.5 gap-y-1.5 border-b px-4 py-2">
      <h1 className="truncate text-base font-semibold">{title}</h1>
      {live ? <LiveState status={status} /> : null}
      <div className="ml-auto flex max-w-full min-w-0 items-center gap-2">
        {note === undefined ? null : <div className="truncate text-ink-2 max-md:hidden">{note}</div>}
        {actions}
      </div>
    </header>
  );
}

/** What scrolls below the header. */
export interface PageBodyProps {
  className?: string;
  /** For a page that may hold nothing to focus: its name, under which the keyboard can reach and scroll it. */
  reachableAs?: string;
  children: ReactNode;
}

export function PageBody({ className = "", reachableAs, children }: PageBodyProps) {
  const region =
    reachableAs === undefined ? {} : ({ role: "region", "aria-label": reachableAs, tabIndex: 0 } as const);
  return (
    <div
      {...region}
      className={`scroll-thin min-h-0 flex-1 overflow-y-auto max-md:overflow-visible ${className}`}
    >
      {children}
    </div>
  );
}
