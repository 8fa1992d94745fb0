"use client";

import { useShortcuts } from "@/lib/use-shortcuts";

export interface QueueVerbs {
  move: (by: number) => void;
  open: () => void;
  approve: () => void;
  reject: () => void;
  edit: () => void;
  discard: () => void;
  snooze: () => void;
  check: () => void;
  approveSelected: () => void;
  undo: () => void;
  search: () => void;
}

const MOVE = "Queue";
const DECIDE = "Decide";

/** The keys of the queue. While an edit is open not one single key acts, wherever the focus is. */
export function useQueueKeys(verbs: QueueVerbs, editing: boolean): void {
  useShortcuts(
    [
      { keys: ["j", "arrowdown"], label: "Next", group: MOVE, repeats: true, run: () => verbs.move(1) },
      { keys: ["k", "arrowup"], label: "Previous", group: MOVE, repeats: true, run: () => verbs.move(-1) },
      { keys: "enter", label: "Open", group: MOVE, run: verbs.open },
      { keys: "x", label: "Select", group: MOVE, run: verbs.check },
      { keys: "/", label: "Search approvals", group: MOVE, run: verbs.search },
      { keys: "a", label: "Approve", group: DECIDE, run: verbs.approve },
      { keys: "r", label: "Reject, then 1 to 6 for the reason", group: DECIDE, run: verbs.reject },
      { keys: "e", label: "Edit", group: DECIDE, run: verbs.edit },
      { keys: "s", label: "Snooze for 1 h", group: DECIDE, run: verbs.snooze },
      {
        keys: "shift+a",
        label: "Approve the selected green ones",
        group: DECIDE,
        run: verbs.approveSelected,
      },
      { keys: "u", label: "Undo the last decision", group: DECIDE, run: verbs.undo },
    ],
    !editing,
  );
  useShortcuts(
    [
      {
        keys: "mod+enter",
        label: "Approve edited",
        group: DECIDE,
        whileEditing: true,
        run: verbs.approve,
      },
      { keys: "escape", label: "Discard the edit", group: DECIDE, run: verbs.discard },
    ],
    editing,
  );
}
