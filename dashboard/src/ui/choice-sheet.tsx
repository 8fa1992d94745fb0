"use client";

import type { ReactNode } from "react";
import { useShortcuts } from "@/lib/use-shortcuts";
import { Dialog } from "./dialog";
import { Kbd } from "./kbd";

export interface ChoiceSheetProps<Value extends string> {
  title: string;
  description: string;
  /** The heading of its keys in the list of shortcuts. */
  group: string;
  choices: readonly { value: Value; label: string }[];
  /** Below the choices. */
  children?: ReactNode;
  onChoose: (value: Value) => void;
  onClose: () => void;
}

/** A question with a few answers: one press of 1, 2, 3 … answers it and closes it. */
export function ChoiceSheet<Value extends string>({
  title,
  description,
  group,
  choices,
  children,
  onChoose,
  onClose,
}: ChoiceSheetProps<Value>) {
  useShortcuts(
    choices.map((choice, at) => ({
      keys: String(at + 1),
      label: choice.label,
      group,
      inDialog: true,
      run: () => onChoose(choice.value),
    })),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={title}
      description={description}
    >
      <ul className="-mx-1 flex flex-col gap-1">
        {choices.map((choice, at) => (
          <li key={choice.value}>
            <button
              type="button"
              onClick={() => onChoose(choice.value)}
              className="flex h-9 w-full items-center gap-3 rounded-md px-2.5 text-left text-base hover:bg-raised max-md:h-12"
            >
              <Kbd keys={String(at + 1)} />
              {choice.label}
            </button>
          </li>
        ))}
      </ul>
      {children}
    </Dialog>
  );
}
