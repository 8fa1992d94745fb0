"use client";

import type { Shortcut } from "@/lib/shortcuts";
import { useShortcutList } from "@/lib/use-shortcuts";
import { Dialog } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";

function keysOf(entry: Shortcut): readonly string[] {
  return typeof entry.keys === "string" ? [entry.keys] : entry.keys;
}

/** Every shortcut that works on this page. */
export function ShortcutHelp({ singleKeys, onClose }: { singleKeys: boolean; onClose: () => void }) {
  const list = useShortcutList();
  const groups = [...new Set(list.map((entry) => entry.group))];
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Shortcuts"
      description={
        singleKeys
          ? "Single keys can be turned off in Settings. They never act while you type."
          : "Single keys are turned off in Settings; only those with Ctrl or Command act."
      }
    >
      <div className="flex flex-col gap-4">
        {groups.map((group) => (
          <div key={group}>
            <h3 className="mb-1 text-xs text-ink-3">{group}</h3>
            <ul>
              {list
                .filter((entry) => entry.group === group)
                .map((entry) => (
                  <li
                    key={keysOf(entry).join()}
                    className="flex h-8 items-center gap-1 border-b last:border-b-0"
                  >
                    <span className="flex-1">{entry.label}</span>
                    {keysOf(entry).map((keys) => (
                      <span key={keys}>
                        <Kbd keys={keys} />
                        <span className="sr-only">{keys}</span>
                      </span>
                    ))}
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
