import type { ComponentProps, ReactNode } from "react";
import { cx } from "@/lib/cx";
import { Kbd } from "./kbd";

export type ButtonKind = "primary" | "secondary" | "ghost" | "danger" | "danger-soft";
export type ButtonSize = "dense" | "decision";

const KINDS: Record<ButtonKind, string> = {
  primary: "bg-accent text-accent-ink border-transparent hover:not-disabled:bg-accent-hover",
  secondary: "bg-surface text-ink border-line-strong hover:not-disabled:bg-raised",
  ghost:
    "bg-transparent text-ink-2 border-transparent hover:not-disabled:bg-raised hover:not-disabled:text-ink",
  danger: "bg-red-text text-surface border-transparent hover:not-disabled:opacity-90",
  "danger-soft": "bg-red-soft text-red-text border-red-line hover:not-disabled:border-red",
};

const SIZES: Record<ButtonSize, string> = {
  dense: "h-7 px-2.5 gap-1.5 rounded-md",
  decision: "h-9 px-3.5 gap-2 rounded-lg text-base",
};

/** The look of a button, for links that act like one. */
export function buttonClass(kind: ButtonKind = "secondary", size: ButtonSize = "dense"): string {
  return cx(
    "inline-flex shrink-0 items-center justify-center border font-medium whitespace-nowrap select-none",
    "disabled:opacity-50 aria-disabled:opacity-50",
    KINDS[kind],
    SIZES[size],
  );
}

export interface ButtonProps extends ComponentProps<"button"> {
  kind?: ButtonKind;
  size?: ButtonSize;
  icon?: ReactNode;
  /** Shortcut shown at the end, in the notation of lib/shortcuts. */
  keys?: string | undefined;
  /** Keeps its width, says it is busy and cannot be pressed. */
  busy?: boolean;
}

export function Button({
  kind = "secondary",
  size = "dense",
  icon,
  keys,
  busy = false,
  className,
  children,
  type = "button",
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={cx(buttonClass(kind, size), className)}
    >
      {icon}
      {children}
      {keys === undefined ? null : <Kbd keys={keys} onAccent={kind === "primary"} />}
    </button>
  );
}
