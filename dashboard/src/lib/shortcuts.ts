import { createStore } from "./store";

/**
 * Keyboard shortcuts. Decides which press means which shortcut, and refuses every single key while
 * somebody may be typing or answering a dialog. Keys are written "j", "shift+a", "mod+k", "mod+enter",
 * "g q" (one after the other), "?", "arrowdown".
 */
export interface Shortcut {
  keys: string | readonly string[];
  label: string;
  /** Heading in the help list. */
  group: string;
  run: () => void;
  /** Also while a field is being edited; only for keys with Mod. */
  whileEditing?: boolean | undefined;
  /** Also while the focus is inside a dialog or menu (never while a field there is edited). */
  inDialog?: boolean | undefined;
  /** Holding the key down repeats it: movement only. */
  repeats?: boolean | undefined;
}

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  repeat: boolean;
  isComposing: boolean;
  defaultPrevented: boolean;
  target: EventTarget | null;
  timeStamp: number;
  preventDefault: () => void;
}

const SEQUENCE_MS = 1500;
const EDITABLE =
  "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]:not([contenteditable=false]), [role=textbox], [role=combobox]";
const LAYER = "[role=dialog], [role=alertdialog], [role=menu], [role=listbox], dialog";
const PRESSABLE = "button, a[href], summary, [role=button], [role=tab], [role=menuitem], input, select";

export function isEditing(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(EDITABLE) !== null;
}

function inLayer(target: EventTarget | null): boolean {
  if (target instanceof Element && target.closest(LAYER) !== null) return true;
  // A modal layer owns the keyboard even if the focus has not reached it yet.
  return (
    document.querySelector("[role=dialog][data-state=open], [role=alertdialog][data-state=open]") !== null
  );
}

/** One press in the notation above. Shift counts for letters and named keys, not for symbols such as "?". */
export function notation(press: KeyPress): string {
  const key = press.key === " " ? "space" : press.key.toLowerCase();
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push("mod");
  if (press.altKey) parts.push("alt");
  const symbol = key.length === 1 && !/[a-z0-9]/.test(key);
  if (press.shiftKey && !symbol) parts.push("shift");
  return [...parts, key].join("+");
}

function keysOf(shortcut: Shortcut): readonly string[] {
  return typeof shortcut.keys === "string" ? [shortcut.keys] : shortcut.keys;
}

export class ShortcutBoard {
  #entries: readonly Shortcut[] = [];
  #pending: { key: string; at: number } | null = null;
  #singleKeys = true;
  readonly list = createStore<readonly Shortcut[]>([]);

  /** Later additions win over earlier ones. The answer removes them. */
  add(shortcuts: readonly Shortcut[]): () => void {
    this.#entries = [...this.#entries, ...shortcuts];
    this.list.set(this.#entries);
    return () => {
      this.#entries = this.#entries.filter((entry) => !shortcuts.includes(entry));
      this.list.set(this.#entries);
    };
  }

  /** WCAG 2.1.4: keys without Mod can be turned off. */
  setSingleKeys(on: boolean): void {
    this.#singleKeys = on;
  }

  /** True when the press meant a shortcut, which has then run. */
  handle(press: KeyPress): boolean {
    if (press.defaultPrevented || press.isComposing) return false;
    if (["Shift", "Control", "Alt", "Meta"].includes(press.key)) return false;
    const stroke = notation(press);
    const first = this.#pending;
    this.#pending = null;
    const sequence =
      first !== null && press.timeStamp - first.at <= SEQUENCE_MS ? `${first.key} ${stroke}` : null;
    const found = (sequence === null ? undefined : this.#find(sequence, press)) ?? this.#find(stroke, press);
    if (found !== undefined) {
      press.preventDefault();
      found.run();
      return true;
    }
    if (this.#opens(stroke, press)) this.#pending = { key: stroke, at: press.timeStamp };
    return false;
  }

  #find(keys: string, press: KeyPress): Shortcut | undefined {
    return this.#entries.findLast(
      (entry) => keysOf(entry).includes(keys) && this.#allowed(entry, keys, press),
    );
  }

  #opens(stroke: string, press: KeyPress): boolean {
    return this.#entries.some((entry) =>
      keysOf(entry).some((keys) => keys.startsWith(`${stroke} `) && this.#allowed(entry, keys, press)),
    );
  }

  #allowed(entry: Shortcut, keys: string, press: KeyPress): boolean {
    const withMod = keys.startsWith("mod+");
    if (press.repeat && entry.repeats !== true) return false;
    if (!withMod && !this.#singleKeys) return false;
    if (isEditing(press.target)) return withMod && entry.whileEditing === true;
    if (inLayer(press.target) && entry.inDialog !== true) return false;
    // Enter and Space belong to the control that has the focus.
    const pressable = press.target instanceof Element && press.target.closest(PRESSABLE) !== null;
    return !(pressable && (keys === "enter" || keys === "space"));
  }
}

export const shortcutBoard = new ShortcutBoard();
