import type { ComponentProps } from "react";
import { cx } from "@/lib/cx";

/** Our own table: 44 px rows, lines between, its own sideways scroll on a narrow screen. */
export function Table({ label, className, children, ...rest }: ComponentProps<"table"> & { label: string }) {
  return (
    <div
      className="scroll-thin focus-inset w-full overflow-x-auto"
      tabIndex={0}
      role="group"
      aria-label={label}
    >
      <table
        {...rest}
        className={cx("w-full border-collapse text-left [&_tbody_tr:last-child>td]:border-b-0", className)}
      >
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

export interface CellProps {
  /** Figures stand on the right. */
  number?: boolean | undefined;
  /** Left out below 768 px. */
  wide?: boolean | undefined;
}

export function Th({ number = false, wide = false, className, ...rest }: ComponentProps<"th"> & CellProps) {
  return (
    <th
      scope="col"
      {...rest}
      className={cx(
        "h-9 border-b px-2 font-normal whitespace-nowrap text-ink-3 first:pl-4 last:pr-4",
        number && "text-right",
        wide && "max-md:hidden",
        className,
      )}
    />
  );
}

export function Tr({ className, ...rest }: ComponentProps<"tr">) {
  return <tr {...rest} className={cx("hover:bg-raised/60", className)} />;
}

export function Td({ number = false, wide = false, className, ...rest }: ComponentProps<"td"> & CellProps) {
  return (
    <td
      {...rest}
      className={cx(
        "h-11 border-b px-2 py-1 first:pl-4 last:pr-4",
        number && "text-right",
        wide && "max-md:hidden",
        className,
      )}
    />
  );
}
