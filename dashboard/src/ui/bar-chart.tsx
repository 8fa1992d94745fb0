import { formatCount } from "@/lib/format";

export interface BarRow {
  key: string;
  label: string;
  value: number;
  /** Part of the value drawn solid, the rest pale: verified within claimed. */
  solid?: number;
}

/** Bars lying down, each with its label and figure: a list first, a drawing second. */
export function BarChart({
  label,
  rows,
  format = formatCount,
}: {
  label: string;
  rows: readonly BarRow[];
  format?: (value: number) => string;
}) {
  const top = Math.max(1, ...rows.map((row) => row.value));
  return (
    <ul aria-label={label} className="flex flex-col gap-2">
      {rows.map((row) => (
        <li key={row.key} className="grid grid-cols-[minmax(6rem,10rem)_1fr_auto] items-center gap-3">
          <span className="truncate">{row.label}</span>
          <span aria-hidden="true" className="relative h-2 rounded-sm bg-raised">
            <span
              className="absolute inset-y-0 left-0 rounded-sm bg-accent/40"
              style={{ width: `${(row.value / top) * 100}%` }}
            />
            <span
              className="absolute inset-y-0 left-0 rounded-sm bg-accent"
              style={{ width: `${((row.solid ?? row.value) / top) * 100}%` }}
            />
          </span>
          <span className="text-right text-ink-2">{format(row.value)}</span>
        </li>
      ))}
    </ul>
  );
}
