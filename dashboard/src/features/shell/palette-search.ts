import type { Command } from "@/lib/commands";

/** 3: the label begins with it; 2: a word of it does; 1: its letters occur in this order; 0: no. */
function rank(command: Command, wanted: string): number {
  const texts = [command.label, ...(command.keywords ?? [])].map((text) => text.toLowerCase());
  if (command.label.toLowerCase().startsWith(wanted)) return 3;
  if (texts.some((text) => text.split(/\s+/u).some((word) => word.startsWith(wanted)))) return 2;
  return texts.some((text) => inOrder(text, wanted)) ? 1 : 0;
}

function inOrder(text: string, letters: string): boolean {
  let from = 0;
  for (const letter of letters) {
    const at = text.indexOf(letter, from);
    if (at === -1) return false;
    from = at + 1;
  }
  return true;
}

/** The commands that fit what was typed, best first and each group together; all of them for nothing typed. */
export function found(commands: readonly Command[], text: string): readonly Command[] {
  const wanted = text.trim().toLowerCase();
  const ranked = commands
    .map((command) => ({ command, rank: wanted === "" ? 1 : rank(command, wanted) }))
    .filter((entry) => entry.rank > 0);
  ranked.sort((a, b) => b.rank - a.rank);
  const groups = [...new Set(ranked.map((entry) => entry.command.group))];
  return groups.flatMap((group) =>
    ranked.filter((entry) => entry.command.group === group).map((entry) => entry.command),
  );
}
