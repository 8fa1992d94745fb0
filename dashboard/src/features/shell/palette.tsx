"use client";

import { useId, useState, type KeyboardEvent } from "react";
import { useCommandList, type Command } from "@/lib/commands";
import { cx } from "@/lib/cx";
import { Dialog } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";
import { found } from "./palette-search";

/** Search or jump: everything the mounted features offer. Arrow keys choose, Enter runs. */
export function Palette({ onClose }: { onClose: () => void }) {
  const id = useId();
  const all = useCommandList();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = found(all, text);
  const groups = [...new Set(list.map((command) => command.group))];
  const optionId = (command: Command | undefined) =>
    command === undefined ? undefined : `${id}-${list.indexOf(command)}`;

  function run(command: Command | undefined) {
    if (command === undefined) return;
    onClose();
    command.run();
  }

  function press(event: KeyboardEvent) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && list.length > 0) {
      event.preventDefault();
      const to = (chosen + by + list.length) % list.length;
      setChosen(to);
      document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(list[chosen]);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Search or jump to"
      form="bare"
    >
      <div className="flex max-h-[70dvh] flex-col">
        <input
          role="combobox"
          aria-label="Search or jump to"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={optionId(list[chosen])}
          aria-autocomplete="list"
          autoComplete="off"
          placeholder="Search or jump to"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={press}
          className="h-12 shrink-0 border-b bg-transparent px-4 text-base outline-none max-md:text-lg"
        />
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label="Places and commands"
          className="scroll-thin overflow-y-auto p-2"
        >
          {groups.map((group) => (
            <div key={group} role="group" aria-label={group}>
              <p aria-hidden="true" className="px-2 py-1 text-xs text-ink-3">
                {group}
              </p>
              {list
                .filter((command) => command.group === group)
                .map((command) => (
                  <div
                    key={command.id}
                    id={optionId(command)}
                    role="option"
                    aria-selected={command === list[chosen]}
                    onPointerMove={() => setChosen(list.indexOf(command))}
                    onClick={() => run(command)}
                    className={cx(
                      "flex h-9 cursor-pointer items-center rounded-md px-2 text-base",
                      command === list[chosen] && "bg-raised",
                    )}
                  >
                    <span className="min-w-0 flex-1 truncate">{command.label}</span>
                    {command.keys === undefined ? null : <Kbd keys={command.keys} />}
                  </div>
                ))}
            </div>
          ))}
        </div>
        {list.length === 0 ? (
          <p role="status" className="px-2 pb-6 text-center text-ink-3">
            Nothing by that name.
          </p>
        ) : null}
      </div>
    </Dialog>
  );
}
