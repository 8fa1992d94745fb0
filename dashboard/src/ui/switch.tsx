import type { ReactNode } from "react";
import { cx } from "@/lib/cx";

export interface SwitchProps {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  className?: string;
}

/** On or off, at once. The label is on the left, the switch on the right. */
export function Switch({ label, hint, checked, onChange, disabled = false, className }: SwitchProps) {
  return (
    <label className={cx("flex items-center justify-between gap-4", disabled && "opacity-60", className)}>
      <span className="min-w-0">
        <span className="block font-medium">{label}</span>
        {hint === undefined ? null : <span className="block text-xs text-ink-3">{hint}</span>}
      </span>
      <input
        type="checkbox"
        role="switch"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        className="peer sr-only"
      />
      <span
        aria-hidden="true"
        className={cx(
          "relative h-[18px] w-8 shrink-0 rounded-full border transition-colors peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent",
          checked ? "border-accent bg-accent" : "border-control bg-raised",
        )}
      >
        <span
          className={cx(
            "absolute top-0.5 size-3 rounded-full transition-[left]",
            checked ? "left-[17px] bg-accent-ink" : "left-0.5 bg-control",
          )}
        />
      </span>
    </label>
  );
}
