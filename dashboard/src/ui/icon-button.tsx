import type { ComponentProps, ReactNode } from "react";
import { cx } from "@/lib/cx";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  /** Says what it does; also the tooltip. */
  label: string;
  icon: ReactNode;
}

export function IconButton({ label, icon, className, type = "button", ...rest }: IconButtonProps) {
  return (
    <button
      title={label}
      {...rest}
      type={type}
      aria-label={label}
      className={cx(
        "inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-2 select-none",
        "hover:not-disabled:bg-raised hover:not-disabled:text-ink disabled:opacity-50",
        className,
      )}
    >
      {icon}
    </button>
  );
}
