"use client";

import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { cx } from "@/lib/cx";

export interface MenuItem {
  label: string;
  icon?: ReactNode;
  tone?: "plain" | "red";
  /** Draws a check and says so: a choice among its neighbours. */
  checked?: boolean;
  disabled?: boolean;
  run: () => void;
}

export interface MenuProps {
  /** Names the menu, and the button too when `iconOnly`. */
  label: string;
  iconOnly?: boolean;
  items: readonly (MenuItem | "line")[];
  trigger: ReactNode;
  triggerClassName?: string;
  side?: "below" | "above";
}

const GAP = 4;

/** A button that opens a menu in the top layer. Arrow keys, Home, End and Escape work as expected. */
export function Menu({
  label,
  iconOnly = false,
  items,
  trigger,
  triggerClassName,
  side = "below",
}: MenuProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);

  const entries = () => [...(list.current?.querySelectorAll<HTMLElement>("button:not(:disabled)") ?? [])];

  function place() {
    const anchor = button.current?.getBoundingClientRect();
    const panel = list.current;
    if (anchor === undefined || panel === null) return;
    const { offsetWidth: width, offsetHeight: height } = panel;
    const left = anchor.left + width > window.innerWidth - 8 ? anchor.right - width : anchor.left;
    const below = anchor.bottom + GAP;
    const above = anchor.top - GAP - height;
    const top = side === "above" || below + height > window.innerHeight - 8 ? Math.max(8, above) : below;
    panel.style.left = `${Math.max(8, left)}px`;
    panel.style.top = `${top}px`;
  }

  function toggled(isOpen: boolean) {
    setOpen(isOpen);
    if (!isOpen) return;
    place();
    (entries().find((entry) => entry.ariaChecked === "true") ?? entries()[0])?.focus();
  }

  function move(event: KeyboardEvent) {
    if (event.key === "Tab") list.current?.hidePopover();
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  }

  function choose(item: MenuItem) {
    list.current?.hidePopover();
    button.current?.focus();
    item.run();
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-label={iconOnly ? label : undefined}
        aria-haspopup="menu"
        aria-expanded={open}
        className={triggerClassName}
      >
        {trigger}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        onToggle={(event) => toggled(event.newState === "open")}
        onKeyDown={move}
        className="fixed min-w-44 rounded-lg border border-line-strong bg-surface p-1 shadow-lg"
      >
        {items.map((item, at) =>
          item === "line" ? (
            <div key={`line-${at}`} role="separator" className="my-1 border-t" />
          ) : (
            <button
              key={item.label}
              type="button"
              role={item.checked === undefined ? "menuitem" : "menuitemradio"}
              aria-checked={item.checked}
              disabled={item.disabled}
              tabIndex={-1}
              onClick={() => choose(item)}
              className={cx(
                "flex h-8 w-full items-center gap-2 rounded-md px-2 text-left outline-none hover:bg-raised focus:bg-raised disabled:opacity-50",
                item.tone === "red" && "text-red-text",
              )}
            >
              {item.icon}
              <span className="flex-1">{item.label}</span>
              {item.checked === true ? <span aria-hidden="true">✓</span> : null}
            </button>
          ),
        )}
      </div>
    </>
  );
}
