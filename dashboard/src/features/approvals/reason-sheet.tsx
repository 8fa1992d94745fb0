"use client";

import { useState } from "react";
import type { RejectReason } from "@/api/types/actions";
import { ChoiceSheet } from "@/ui/choice-sheet";
import { Field } from "@/ui/field";
import { Textarea } from "@/ui/textarea";
import { REJECT_REASONS } from "./words";

export interface ReasonSheetProps {
  count: number;
  /** `note` is "" when none was written; many are rejected without one. */
  onChoose: (reason: RejectReason, note: string) => void;
  onClose: () => void;
}

/** Why not: one press of 1 to 6. The reason teaches the next proposals. */
export function ReasonSheet({ count, onChoose, onClose }: ReasonSheetProps) {
  const [note, setNote] = useState("");
  return (
    <ChoiceSheet
      title={count === 1 ? "Reject: why?" : `Reject ${count}: why?`}
      description="The reason is kept with the decision and weighs on what is proposed next."
      group="Reject because"
      choices={REJECT_REASONS}
      onChoose={(reason) => onChoose(reason, note.trim())}
      onClose={onClose}
    >
      {count === 1 ? (
        <Field label="Note (optional)" className="mt-3">
          {(control) => (
            <Textarea
              {...control}
              rows={2}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
      ) : null}
    </ChoiceSheet>
  );
}
