"use client";

import { ChoiceSheet } from "@/ui/choice-sheet";
import { SKIP_REASONS } from "./words";

export function SkipSheet({
  onChoose,
  onClose,
}: {
  onChoose: (reason: string) => void;
  onClose: () => void;
}) {
  return (
    <ChoiceSheet
      title="Skip: why?"
      description="It will not be asked again. The reason weighs on what is proposed next."
      group="Skip because"
      choices={SKIP_REASONS}
      onChoose={onChoose}
      onClose={onClose}
    />
  );
}
