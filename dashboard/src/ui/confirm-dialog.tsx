"use client";

import type { ReactNode } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { ErrorNote } from "./error-state";

export interface ConfirmDialogProps {
  title: string;
  /** What will be true afterwards. */
  text: ReactNode;
  /** The verb on the button: "Delete account". */
  action: string;
  busy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
  /** More to fill in before it can be confirmed. */
  children?: ReactNode;
  ready?: boolean;
}

/** Asks before what cannot be taken back. Mount it when it is needed. */
export function ConfirmDialog({
  title,
  text,
  action,
  busy,
  error,
  onConfirm,
  onClose,
  children,
  ready = true,
}: ConfirmDialogProps) {
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={title}
      description={text}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" busy={busy} disabled={!ready} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {error === null || error === undefined ? null : <ErrorNote error={error} />}
        {children}
      </div>
    </Dialog>
  );
}
