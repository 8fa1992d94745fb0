"use client";

import { useEffect, useRef } from "react";
import type { Action } from "@/api/types/actions";
import { cx } from "@/lib/cx";
import { ACTION_NAME, RISK_NAME } from "@/lib/words";
import { Badge } from "@/ui/badge";
import { Checkbox } from "@/ui/checkbox";
import { Light } from "@/ui/light";
import { PlatformMark } from "@/ui/platform-mark";
import { RelativeTime } from "@/ui/relative-time";
import { oneLine } from "./words";

export const ROW_HEIGHT = 68;

export interface QueueRowProps {
  row: Action;
  current: boolean;
  checked: boolean;
  /** Has an unsent edit, or a refused decision. */
  mark: "edited" | "refused" | null;
  /** Take the keyboard focus when this row becomes the current one. */
  takesFocus: () => boolean;
  onOpen: (id: string) => void;
  onCheck: (id: string) => void;
}

export function QueueRow({ row, current, checked, mark, takesFocus, onOpen, onCheck }: QueueRowProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current && takesFocus()) button.current?.focus({ preventScroll: true });
  }, [current, takesFocus]);
  const name = `@${row.account.username}`;
  return (
    <div
      data-testid="queue-row"
      data-id={row.id}
      data-light={row.light}
      data-current={current || undefined}
      className={cx(
        "relative h-[68px] border-b",
        current ? "bg-accent-soft" : checked ? "bg-raised" : "hover:bg-raised/60",
      )}
    >
      {current ? <span aria-hidden="true" className="absolute inset-y-0 left-0 w-0.5 bg-accent" /> : null}
      <button
        ref={button}
        type="button"
        aria-current={current ? "true" : undefined}
        onClick={() => onOpen(row.id)}
        className="focus-inset flex size-full flex-col justify-center gap-0.5 pr-4 pl-[41px] text-left"
      >
        <span className="flex w-full items-center gap-1.5">
          <Light light={row.light} />
          <span className="sr-only">{RISK_NAME[row.light]}</span>
          <span className="truncate text-base leading-5 font-medium">{name}</span>
          <span className="text-ink-2">{ACTION_NAME[row.action_type]}</span>
          {mark === null ? null : (
            <Badge tone={mark === "edited" ? "accent" : "red"} className="h-4 px-1.5 text-2xs">
              {mark === "edited" ? "Edited" : "Not decided"}
            </Badge>
          )}
          <RelativeTime at={row.created_at} className="ml-auto text-xs text-ink-2" />
        </span>
        <span className="flex w-full items-center gap-1.5">
          <PlatformMark platform={row.account.platform} className="size-4" />
          <span className="truncate text-ink-2">{oneLine(row)}</span>
        </span>
      </button>
      <Checkbox
        hideLabel
        label={`Select ${ACTION_NAME[row.action_type]} by ${name}`}
        checked={checked}
        onChange={() => onCheck(row.id)}
        className="absolute top-0 left-0 h-full w-[37px] items-start justify-center pt-[15px]"
      />
    </div>
  );
}
