"use client";

import { Button } from "@/ui/button";
import { Light } from "@/ui/light";
import type { BulkState } from "./bulk-rules";

export interface BulkBarProps {
  state: BulkState;
  disabled: boolean;
  onApprove: () => void;
  onReject: () => void;
  onClear: () => void;
}

/** What can be done with a selection. Only green is ever approved together. */
export function BulkBar({ state, disabled, onApprove, onReject, onClear }: BulkBarProps) {
  return (
    <div
      role="group"
      aria-label="Selection"
      className="flex h-[54px] shrink-0 items-center gap-2 border-t bg-raised px-4 max-md:hidden"
    >
      <span className="font-medium whitespace-nowrap">{state.count} selected</span>
      {state.blockers === "" ? (
        <button type="button" className="rounded-sm text-ink-2 underline" onClick={onClear}>
          Clear
        </button>
      ) : (
        <span
          id="bulk-blockers"
          className={`flex min-w-0 items-center gap-1.5 text-xs ${state.hasRed ? "text-red-text" : "text-yellow-text"}`}
        >
          <Light light={state.hasRed ? "red" : "yellow"} />
          <span className="line-clamp-2">{state.blockers}, review one by one</span>
        </span>
      )}
      <span className="ml-auto flex gap-2">
        <Button disabled={disabled} onClick={onReject} aria-label={`Reject ${state.count} selected`}>
          Reject
        </Button>
        <Button
          kind="primary"
          data-testid="bulk-approve"
          aria-label={`Approve ${state.count} selected`}
          aria-describedby={state.blockers === "" ? undefined : "bulk-blockers"}
          disabled={disabled || !state.mayApprove}
          onClick={onApprove}
        >
          Approve
        </Button>
      </span>
    </div>
  );
}
