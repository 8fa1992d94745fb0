"use client";

import { useState, type ReactNode } from "react";
import { Button } from "@/ui/button";
import { ErrorNote } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";

export interface LineFormProps {
  label: string;
  initial?: string;
  /** The verb on the button. */
  action: string;
  hint?: ReactNode;
  type?: "text" | "email" | "number";
  busy: boolean;
  error: unknown;
  disabled?: boolean;
  autoComplete?: string;
  /** More controls between the field and the button. */
  children?: ReactNode;
  /** A reason why this cannot be sent, or null. */
  check?: (value: string) => string | null;
  onSubmit: (value: string, clear: () => void) => void;
}

/** One field and its button. What was typed stays until it has been taken. */
export function LineForm({
  label,
  initial = "",
  action,
  hint,
  type = "text",
  busy,
  error,
  disabled = false,
  autoComplete = "off",
  children,
  check,
  onSubmit,
}: LineFormProps) {
  const [value, setValue] = useState(initial);
  const [wrong, setWrong] = useState<string>();
  const text = value.trim();

  function submit() {
    const reason = text === "" ? "Fill this in." : (check?.(text) ?? null);
    setWrong(reason ?? undefined);
    if (reason === null) onSubmit(text, () => setValue(""));
  }

  return (
    <form
      noValidate
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {error === null || error === undefined ? null : <ErrorNote error={error} />}
      <div className="flex items-end gap-2 max-sm:flex-wrap">
        <Field label={label} error={wrong} className="min-w-40 flex-1">
          {(control) => (
            <Input
              {...control}
              type={type}
              value={value}
              disabled={disabled}
              autoComplete={autoComplete}
              maxLength={254}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Field>
        {children}
        <Button type="submit" className="h-8" busy={busy} disabled={disabled || text === initial.trim()}>
          {action}
        </Button>
      </div>
      {hint === undefined ? null : <p className="text-xs text-ink-3">{hint}</p>}
    </form>
  );
}
