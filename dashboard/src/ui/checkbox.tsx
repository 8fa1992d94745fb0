"use client";

import type { ComponentProps, ReactNode, RefCallback } from "react";
import { cx } from "@/lib/cx";

export interface CheckboxProps extends Omit<ComponentProps<"input">, "type" | "children" | "ref"> {
  /** Visible label, or with `hideLabel` one for screen readers. */
  label: ReactNode;
  hideLabel?: boolean;
  /** Some, not all. */
  mixed?: boolean;
  /** For forms that register their controls. */
  ref?: RefCallback<HTMLInputElement>;
}

export function Checkbox({
  label,
  hideLabel = false,
  mixed = false,
  className,
  ref,
  ...rest
}: CheckboxProps) {
  return (
    <label className={cx("inline-flex items-center gap-2", className)}>
      <input
        {...rest}
        ref={(node) => {
          if (node !== null) node.indeterminate = mixed;
          ref?.(node);
        }}
        type="checkbox"
        className="size-4 shrink-0 accent-accent"
      />
      <span className={hideLabel ? "sr-only" : undefined}>{label}</span>
    </label>
  );
}
