import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

export interface SectionProps {
  title: string;
  /** Quiet text beside the title. */
  note?: ReactNode;
  actions?: ReactNode;
  /** No padding around the content: it brings its own, as a table does. */
  flush?: boolean;
  className?: string;
  children: ReactNode;
}

/** A part of a page under its own heading; parts are split by a line, not by cards. */
export function Section({ title, note, actions, flush = false, className, children }: SectionProps) {
  return (
    <section aria-label={title} className={cx("min-w-0 border-b last:border-b-0", className)}>
      <div className="flex min-h-11 flex-wrap items-center gap-2 px-4 pt-2">
        <h2 className="font-semibold">{title}</h2>
        {note === undefined ? null : <span className="text-ink-3">{note}</span>}
        {actions === undefined ? null : <div className="ml-auto flex items-center gap-2">{actions}</div>}
      </div>
      <div className={flush ? "" : "px-4 pt-1 pb-4"}>{children}</div>
    </section>
  );
}
