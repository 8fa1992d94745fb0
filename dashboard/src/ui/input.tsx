import type { ComponentProps } from "react";
import { cx } from "@/lib/cx";

export const CONTROL =
  "w-full rounded-md border border-line-strong bg-surface px-2.5 text-sm text-ink max-md:text-lg aria-invalid:border-red disabled:opacity-60 focus-visible:outline-offset-0";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cx(CONTROL, "h-8", className)} />;
}
