"use client";

import { CornerDownRight } from "lucide-react";
import type { RefObject } from "react";
import type { Action } from "@/api/types/actions";
import { cx } from "@/lib/cx";
import { PLATFORM_NAME } from "@/lib/words";
import { Badge } from "@/ui/badge";
import { textLength, textLimit } from "./text-limit";

export interface DraftBoxProps {
  action: Action;
  text: string;
  edited: boolean;
  editing: boolean;
  readOnly: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
  onChange: (text: string) => void;
  onDiscard: () => void;
}

/** The words that would be published, counted as the platform counts them, and the field to change them. */
export function DraftBox({
  action,
  text,
  edited,
  editing,
  readOnly,
  field,
  onChange,
  onDiscard,
}: DraftBoxProps) {
  const { platform } = action.account;
  const limit = textLimit(platform, action.action_type);
  const length = textLength(platform, text);
  const over = limit !== null && length > limit;
  return (
    <div
      className={cx(
        "rounded-lg border",
        editing ? "border-accent ring-2 ring-accent/25" : "border-line-strong",
      )}
    >
      <div className="flex h-9 items-center gap-2 border-b px-4">
        <CornerDownRight aria-hidden="true" className="size-3.5 shrink-0 text-ink-3" />
        <span className="font-medium">Draft</span>
        {edited ? <Badge tone="accent">Edited</Badge> : null}
        <span className="truncate text-ink-2">by {action.proposed_by.name}</span>
        <span
          id="draft-count"
          className={cx("ml-auto whitespace-nowrap", over ? "font-medium text-red-text" : "text-ink-2")}
        >
          {length}
          {limit === null ? "" : ` / ${limit}`}
          <span className="sr-only"> characters</span>
        </span>
      </div>
      {editing ? (
        <textarea
          ref={field}
          data-testid="draft"
          aria-label="Draft"
          aria-describedby="draft-count"
          aria-invalid={over || undefined}
          readOnly={readOnly}
          value={text}
          rows={5}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
            event.preventDefault();
            onDiscard();
          }}
          className="scroll-thin block field-sizing-content max-h-[50dvh] min-h-32 w-full resize-y rounded-b-lg bg-surface px-4 py-3 text-base outline-none max-md:text-lg"
        />
      ) : (
        <p data-testid="draft-text" className="px-4 py-3 text-base whitespace-pre-wrap">
          {text === "" ? <span className="text-ink-3">No words</span> : text}
        </p>
      )}
      {over ? (
        <p role="alert" className="border-t px-4 py-1.5 text-red-text">
          {length - limit} too many for {PLATFORM_NAME[platform]}. Shorten it to approve.
        </p>
      ) : null}
    </div>
  );
}
