"use client";

import { Check, Clock, Pencil, RotateCcw, X } from "lucide-react";
import type { LightColour } from "@/api/types/common";
import { cx } from "@/lib/cx";
import { Button } from "@/ui/button";
import { Kbd } from "@/ui/kbd";
import { primaryText } from "./words";

export interface DecisionBarProps {
  light: LightColour;
  edited: boolean;
  editing: boolean;
  /** There are words to edit. */
  editable: boolean;
  /** Nothing may be decided now. */
  disabled: boolean;
  /** The words do not fit: only approving is barred. */
  unfit: boolean;
  sending: boolean;
  onApprove: () => void;
  onReject: () => void;
  onEdit: () => void;
  onDiscard: () => void;
  onSnooze: () => void;
}

const ICON = "size-4";
const TALL = "max-md:h-12 max-md:px-2";

export function DecisionBar(props: DecisionBarProps) {
  const { light, edited, editing, editable, disabled, unfit, sending } = props;
  const withEdit = edited || editing;
  return (
    <div
      data-decision-bar=""
      role="group"
      aria-label="Decision"
      className="grid shrink-0 grid-cols-3 gap-2 border-t bg-surface px-4 py-2 max-md:fixed max-md:inset-x-0 max-md:bottom-[calc(56px+env(safe-area-inset-bottom))] max-md:z-20 md:flex md:h-[54px] md:items-center"
    >
      <Button
        size="decision"
        keys="r"
        aria-keyshortcuts="r"
        className={TALL}
        disabled={disabled || sending}
        icon={<X aria-hidden="true" className={ICON} />}
        onClick={props.onReject}
      >
        Reject
      </Button>
      {withEdit ? (
        <Button
          size="decision"
          keys="escape"
          aria-keyshortcuts="Escape"
          className={TALL}
          disabled={sending}
          icon={<RotateCcw aria-hidden="true" className={ICON} />}
          onClick={props.onDiscard}
        >
          Discard edit
        </Button>
      ) : (
        <Button
          size="decision"
          keys="e"
          aria-keyshortcuts="e"
          className={TALL}
          disabled={disabled || !editable}
          icon={<Pencil aria-hidden="true" className={ICON} />}
          onClick={props.onEdit}
        >
          Edit
        </Button>
      )}
      <Button
        hidden={editing}
        size="decision"
        keys="s"
        aria-keyshortcuts="s"
        title="Back in the queue in 1 h"
        className={TALL}
        disabled={disabled || sending}
        icon={<Clock aria-hidden="true" className={ICON} />}
        onClick={props.onSnooze}
      >
        Snooze
      </Button>
      <span
        className={cx(
          "ml-auto flex items-center gap-1 text-xs whitespace-nowrap text-ink-2 max-xl:hidden",
          editing && "invisible",
        )}
      >
        <Kbd keys="j" /> <Kbd keys="k" /> to move
      </span>
      <Button
        kind="primary"
        size="decision"
        data-testid="approve"
        keys={editing ? "mod+enter" : "a"}
        aria-keyshortcuts={editing ? "Control+Enter" : "a"}
        className="max-md:col-span-3 max-md:h-[52px] max-md:text-lg max-xl:md:ml-auto"
        disabled={disabled || unfit}
        busy={sending}
        icon={<Check aria-hidden="true" className={ICON} />}
        onClick={props.onApprove}
      >
        {primaryText(light, edited)}
      </Button>
    </div>
  );
}
