"use client";

import { useId, type ReactNode } from "react";
import { cx } from "@/lib/cx";

export interface SegmentOption<V extends string> {
  value: V;
  label: ReactNode;
  count?: number | undefined;
}

export interface SegmentedProps<V extends string> {
  label: string;
  value: V;
  options: readonly SegmentOption<V>[];
  onChange: (value: V) => void;
  /** "boxed" shares one frame (7d 30d 60d); "plain" stands free (a filter row). */
  form?: "boxed" | "plain";
  className?: string;
}

/** One of a few, as radio buttons: arrow keys move, the choice applies at once. */
export function Segmented<V extends string>(props: SegmentedProps<V>) {
  const { label, value, options, onChange, form = "boxed", className } = props;
  const name = useId();
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={cx(
        "inline-flex items-center",
        form === "boxed" ? "h-7 rounded-md border bg-raised p-px" : "gap-1",
        className,
      )}
    >
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            "inline-flex items-center gap-1.5 rounded-[5px] border px-2 max-md:px-1.5 whitespace-nowrap has-focus-visible:outline-2 has-focus-visible:outline-accent",
            form === "boxed" ? "h-6" : "h-7",
            option.value === value
              ? "border-line-strong bg-surface font-medium text-ink"
              : "border-transparent text-ink-2 hover:text-ink",
            option.value === value && form === "plain" && "bg-raised",
          )}
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="sr-only"
          />
          {option.label}
          {option.count === undefined ? null : <span className="text-ink-3">{option.count}</span>}
        </label>
      ))}
    </div>
  );
}
