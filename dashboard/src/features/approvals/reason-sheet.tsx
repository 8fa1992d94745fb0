"use client";

import type { RejectReason } from "@/api/types/actions";
import { useShortcuts } from "@/lib/use-shortcuts";
import { Dialog } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";
import { REJECT_REASONS } from "./words";

export interface ReasonSheetProps {
  count: number;
  onChoose: (reason: RejectReason) => void;
  onClose: () => void;
}

/** Why not: one press of 1 to 6. The reason teaches the next proposals. */
export function ReasonSheet({ count, onChoose, onClose }: ReasonSheetProps) {
  useShortcuts(
    REJECT_REASONS.map((reason, at) => ({
      keys: String(at + 1),
      label: reason.label,
      group: "Reject because",
      inDialog: true,
      run: () => onChoose(reason.value),
    })),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={count === 1 ? "Reject: why?" : `Reject ${count}: why?`}
      description="The reason is kept with the decision and weighs on what is proposed next."
    >
      <ul className="-mx-1 flex flex-col gap-1">
        {REJECT_REASONS.map((reason, at) => (
          <li key={reason.value}>
            <button
              type="button"
              onClick={() => onChoose(reason.value)}
              className="flex h-9 w-full items-center gap-3 rounded-md px-2.5 text-left text-base hover:bg-raised max-md:h-12"
            >
              <Kbd keys={String(at + 1)} />
              {reason.label}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
