import { cx } from "@/lib/cx";

const NAMES: Record<string, string> = {
  mod: "Ctrl",
  shift: "Shift",
  alt: "Alt",
  enter: "Enter",
  arrowdown: "↓",
  arrowup: "↑",
  arrowleft: "←",
  arrowright: "→",
  escape: "Esc",
  space: "Space",
};

/** "mod+k" → "Ctrl K", "g q" → "G Q". */
export function keyLabel(keys: string): string {
  return keys
    .split(" ")
    .map((stroke) =>
      stroke
        .split("+")
        .map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key))
        .join(" "),
    )
    .join(" ");
}

/** A key as a small cap. It repeats what `aria-keyshortcuts` or the help says, so it is hidden from readers. */
export function Kbd({ keys, onAccent = false }: { keys: string; onAccent?: boolean }) {
  return (
    <kbd
      aria-hidden="true"
      className={cx(
        "inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-sm border px-1 font-sans text-2xs whitespace-nowrap max-md:hidden",
        onAccent ? "border-current/30 bg-current/10 text-inherit" : "border-line-strong bg-raised text-ink-2",
      )}
    >
      <span className={onAccent ? "text-accent-ink" : undefined}>{keyLabel(keys)}</span>
    </kbd>
  );
}
