"use client";

import { Command as Cmdk } from "cmdk";
import { useCommandList, type Command } from "@/lib/commands";
import { Dialog } from "@/ui/dialog";
import { Kbd } from "@/ui/kbd";

function grouped(commands: readonly Command[]): [string, Command[]][] {
  const groups = new Map<string, Command[]>();
  for (const command of commands) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  return [...groups];
}

/** Search or jump: everything the mounted features offer. */
export function Palette({ onClose }: { onClose: () => void }) {
  const commands = useCommandList();
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Search or jump to"
      form="bare"
    >
      <Cmdk label="Search or jump to" loop className="flex max-h-[70dvh] flex-col">
        <Cmdk.Input
          placeholder="Search or jump to"
          className="h-12 shrink-0 border-b bg-transparent px-4 text-base outline-none max-md:text-lg"
        />
        <Cmdk.List className="scroll-thin overflow-y-auto p-2">
          <Cmdk.Empty className="px-2 py-6 text-center text-ink-3">Nothing by that name.</Cmdk.Empty>
          {grouped(commands).map(([group, entries]) => (
            <Cmdk.Group
              key={group}
              heading={group}
              className="**:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:py-1 **:[[cmdk-group-heading]]:text-xs **:[[cmdk-group-heading]]:text-ink-3"
            >
              {entries.map((command) => (
                <Cmdk.Item
                  key={command.id}
                  value={command.id}
                  keywords={[command.label, ...(command.keywords ?? [])]}
                  onSelect={() => {
                    onClose();
                    command.run();
                  }}
                  className="flex h-9 cursor-pointer items-center rounded-md px-2 text-base data-[selected=true]:bg-raised"
                >
                  <span className="min-w-0 flex-1 truncate">{command.label}</span>
                  {command.keys === undefined ? null : <Kbd keys={command.keys} />}
                </Cmdk.Item>
              ))}
            </Cmdk.Group>
          ))}
        </Cmdk.List>
      </Cmdk>
    </Dialog>
  );
}
