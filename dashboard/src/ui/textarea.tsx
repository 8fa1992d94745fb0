import type { ComponentProps } from "react";
import { cx } from "@/lib/cx";
import { CONTROL } from "./input";

export function Textarea({ className, rows = 4, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} rows={rows} className={cx(CONTROL, "scroll-thin py-2 text-base", className)} />;
}
