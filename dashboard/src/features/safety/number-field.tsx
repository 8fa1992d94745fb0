import type { PolicyNumber } from "@/api/types/safety";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { problemOf, shown, unitOf } from "./numbers";

export interface NumberFieldProps {
  number: PolicyNumber;
  /** What was typed; undefined while nobody touched it. */
  text: string | undefined;
  disabled: boolean;
  onType: (text: string) => void;
}

/** One number with its bounds, which end is safer, and whose word it is. */
export function NumberField({ number: one, text, disabled, onType }: NumberFieldProps) {
  const problem = text === undefined ? null : problemOf(one, text);
  return (
    <Field
      label={one.label}
      error={problem ?? undefined}
      hint={
        <>
          {shown(one, one.least)} to {shown(one, one.most)} {unitOf(one)}, {one.careful} is more careful
          {one.value === one.default ? "" : `; ${shown(one, one.default)} unless changed`}. Source:{" "}
          {one.source}.
        </>
      }
    >
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          className="max-w-28"
          disabled={disabled}
          value={text ?? shown(one, one.value)}
          onChange={(event) => onType(event.target.value)}
        />
      )}
    </Field>
  );
}
