"use client";

import { useState } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorNote } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Segmented } from "@/ui/segmented";
import { Textarea } from "@/ui/textarea";

export interface NoteDialogProps {
  kind: "cancel" | "resolve";
  busy: boolean;
  error: unknown;
  onClose: () => void;
  onCancelAction: (note: string) => void;
  onResolve: (outcome: "succeeded" | "failed", note: string) => void;
}

/** Asks why an action is cancelled, or what a person found out about an unknown outcome. */
export function NoteDialog({ kind, busy, error, onClose, onCancelAction, onResolve }: NoteDialogProps) {
  const [note, setNote] = useState("");
  const [outcome, setOutcome] = useState<"succeeded" | "failed">("succeeded");
  const resolving = kind === "resolve";
  const text = note.trim();
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={resolving ? "Resolve the outcome" : "Cancel this action"}
      description={
        resolving
          ? "Look at the platform first. What you say here is final and is kept with your name."
          : "It will not be carried out. It can be planned again later."
      }
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            kind={resolving ? "primary" : "danger"}
            busy={busy}
            disabled={resolving && text === ""}
            onClick={() => (resolving ? onResolve(outcome, text) : onCancelAction(text))}
          >
            {resolving ? "Resolve" : "Cancel the action"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {error === null ? null : <ErrorNote error={error} />}
        {resolving ? (
          <Segmented
            label="What happened"
            value={outcome}
            options={[
              { value: "succeeded", label: "It happened" },
              { value: "failed", label: "It did not happen" },
            ]}
            onChange={setOutcome}
            className="self-start"
          />
        ) : null}
        <Field label={resolving ? "What did you see?" : "Reason (optional)"}>
          {(control) => (
            <Textarea
              {...control}
              rows={3}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}
