"use client";

import { useEffect, useRef, type ComponentProps, type ReactNode } from "react";
import { cx } from "@/lib/cx";

export interface CheckboxProps extends Omit<ComponentProps<"input">, "type" | "children"> {
  /** Visible label, or with `hideLabel` one for screen readers. */
  label: ReactNode;
  hideLabel?: boolean;
  /** Some, not all. */
  mixed?: boolean;
}

export function Checkbox({ label, hideLabel = false, mixed = false, className, ...rest }: CheckboxProps) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (ref.current !== null) ref.current.indeterminate = mixed;
  }, [mixed]);
  return (
    <label className={cx("inline-flex items-center gap-2", className)}>
      <input {...rest} ref={ref} type="checkbox" className="size-4 shrink-0 accent-accent" />
      <span className={hideLabel ? "sr-only" : undefined}>{label}</span>
    </label>
  );
}
