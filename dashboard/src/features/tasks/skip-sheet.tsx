"use client";

import { useShortcuts } from "@/lib/use-shortcuts";
import { Dialog } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";
import { SKIP_REASONS } from "./words";

export function SkipSheet({
  onChoose,
  onClose,
}: {
  onChoose: (reason: string) => void;
  onClose: () => void;
}) {
  useShortcuts(
    SKIP_REASONS.map((reason, at) => ({
      keys: String(at + 1),
      label: reason.label,
      group: "Skip because",
      inDialog: true,
      run: () => onChoose(reason.value),
    })),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Skip: why?"
      description="It will not be asked again. The reason weighs on what is proposed next."
    >
      <ul className="-mx-1 flex flex-col gap-1">
        {SKIP_REASONS.map((reason, at) => (
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
