import { cx } from "@/lib/cx";

export function ChartCursor({ text, left, top }: { text: string; left: number; top: number }) {
  return (
    <>
      <span
        className="pointer-events-none absolute inset-y-0 w-px bg-line-strong"
        style={{ left: `${left}%` }}
      />
      <span
        className="pointer-events-none absolute size-2 -translate-1/2 rounded-full bg-accent ring-2 ring-surface"
        style={{ left: `${left}%`, top: `${top}%` }}
      />
      <span
        className={cx(
          "pointer-events-none absolute top-0 z-10 rounded-md border border-line-strong bg-surface px-2 py-1 text-xs whitespace-nowrap shadow",
          left > 50 ? "-translate-x-full -ml-2" : "ml-2",
        )}
        style={{ left: `${left}%` }}
        aria-hidden="true"
      >
        {text}
      </span>
    </>
  );
}

export function ChartTable({
  label,
  heads,
  rows,
}: {
  label: string;
  heads: readonly string[];
  rows: readonly (readonly string[])[];
}) {
  return (
    <table className="sr-only">
      <caption>{label}</caption>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row[0]}>
            {row.slice(0, heads.length).map((cell, at) => (
              <td key={heads[at]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The legend of a chart with two series. */
export function ChartLegend({ name, previousName }: { name: string; previousName: string }) {
  return (
    <span aria-hidden="true" className="flex gap-5 text-ink-2">
      <span className="flex items-center gap-2">
        <span className="w-3 border-t-2 border-accent" /> {name}
      </span>
      <span className="flex items-center gap-2">
        <span className="w-3 border-t-2 border-dashed border-second" /> {previousName}
      </span>
    </span>
  );
}
