import type { SimulationSeries } from "@/api/types/safety";
import { formatCount } from "@/lib/format";
import { ChartTable } from "@/ui/chart-parts";

const W = 600;
const H = 90;
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

type Stack = readonly { name: string; fill: string; values: readonly number[] }[];

/** Layers on top of each other, each day a column; the numbers stand in a table for screen readers. */
function Stacked({ title, days, stack }: { title: string; days: readonly number[]; stack: Stack }) {
  const totals = days.map((_day, at) => stack.reduce((sum, layer) => sum + (layer.values[at] ?? 0), 0));
  const top = Math.max(1, ...totals);
  const width = W / Math.max(1, days.length);
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 flex flex-wrap gap-x-4 text-xs text-ink-3">
        <span className="text-ink-2">{title}</span>
        {stack.map((layer) => (
          <span key={layer.name} className="flex items-center gap-1.5">
            <span aria-hidden="true" className="size-2 rounded-[2px]" style={{ background: layer.fill }} />
            {layer.name}
          </span>
        ))}
        <span>at most {formatCount(top)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${W} ${H}`}
        preserveAspectRatio="none"
        className="h-[90px] w-full"
        aria-hidden="true"
      >
        {days.map((day, at) => {
          let base = H;
          return (
            <g key={day}>
              {stack.map((layer) => {
                const height = ((layer.values[at] ?? 0) / top) * H;
                base -= height;
                return (
                  <rect
                    key={layer.name}
                    x={at * width + width * 0.1}
                    y={base}
                    width={width * 0.8}
                    height={height}
                    fill={layer.fill}
                  />
                );
              })}
            </g>
          );
        })}
      </svg>
      <ChartTable
        label={title}
        heads={["Day", ...stack.map((layer) => layer.name)]}
        rows={days.map((day, at) => [
          String(day),
          ...stack.map((layer) => formatCount(layer.values[at] ?? 0)),
        ])}
      />
    </figure>
  );
}

export function LightsByDay({ days }: { days: SimulationSeries["actions_by_day"] }) {
  return (
    <Stacked
      title="Actions a day by light"
      days={days.map((one) => one.day)}
      stack={[
        { name: "green", fill: "var(--green)", values: days.map((one) => one.green) },
        { name: "yellow", fill: "var(--yellow)", values: days.map((one) => one.yellow) },
        { name: "red", fill: "var(--red)", values: days.map((one) => one.red) },
      ]}
    />
  );
}

export function PhaseBand({ days }: { days: SimulationSeries["phases"] }) {
  return (
    <Stacked
      title="Accounts by phase"
      days={days.map((one) => one.day)}
      stack={[
        { name: "phase 1", fill: "var(--second)", values: days.map((one) => one.phase_1) },
        {
          name: "phase 2",
          fill: "color-mix(in oklch, var(--accent) 45%, transparent)",
          values: days.map((one) => one.phase_2),
        },
        { name: "phase 3", fill: "var(--accent)", values: days.map((one) => one.phase_3) },
      ]}
    />
  );
}

/** When things happened, in each account's own time: the darker, the more. */
export function HourMap({ hours }: { hours: SimulationSeries["hours"] }) {
  const top = Math.max(1, ...hours.flat());
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 text-xs text-ink-2">Actions by weekday and local hour</figcaption>
      <div aria-hidden="true" className="flex flex-col gap-px text-2xs text-ink-3">
        {hours.map((row, day) => (
          <div key={WEEKDAYS[day]} className="flex items-center gap-px">
            <span className="w-7">{WEEKDAYS[day]}</span>
            {row.map((count, hour) => (
              <span
                key={hour}
                title={`${WEEKDAYS[day]} ${hour}:00, ${count}`}
                className="h-3 flex-1 rounded-[1px] bg-raised"
                style={
                  count === 0
                    ? undefined
                    : {
                        background: `color-mix(in oklch, var(--accent) ${Math.round(12 + (88 * count) / top)}%, transparent)`,
                      }
                }
              />
            ))}
          </div>
        ))}
        <div className="flex pl-7">
          {[0, 6, 12, 18].map((hour) => (
            <span key={hour} className="flex-1">
              {hour}:00
            </span>
          ))}
        </div>
      </div>
      <ChartTable
        label="Actions by weekday and local hour"
        heads={["Weekday", ...Array.from({ length: 24 }, (_unused, hour) => `${hour}:00`)]}
        rows={hours.map((row, day) => [WEEKDAYS[day] ?? "", ...row.map(formatCount)])}
      />
    </figure>
  );
}

/** The middle account's health, and the band in which eight of ten stand. */
export function HealthBand({ days }: { days: SimulationSeries["health"] }) {
  const step = days.length > 1 ? W / (days.length - 1) : 0;
  const y = (value: number) => (H - (value / 100) * H).toFixed(1);
  const line = (pick: (one: (typeof days)[number]) => number) =>
    days.map((one, at) => `${(at * step).toFixed(1)} ${y(pick(one))}`);
  const band = [...line((one) => one.p90), ...line((one) => one.p10).reverse()].join("L");
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 text-xs text-ink-3">
        <span className="text-ink-2">Health, 0 to 100</span> the middle account; eight of ten stand in the
        band
      </figcaption>
      <svg
        viewBox={`0 0 ${W} ${H}`}
        preserveAspectRatio="none"
        className="h-[90px] w-full border-b"
        aria-hidden="true"
      >
        {days.length < 2 ? null : (
          <>
            <path d={`M${band}Z`} fill="color-mix(in oklch, var(--accent) 18%, transparent)" />
            <path
              d={`M${line((one) => one.p50).join("L")}`}
              fill="none"
              className="stroke-accent"
              strokeWidth="1.75"
              vectorEffect="non-scaling-stroke"
            />
          </>
        )}
      </svg>
      <ChartTable
        label="Health by day"
        heads={["Day", "Lower tenth", "Middle", "Upper tenth"]}
        rows={days.map((one) => [one.day, one.p10, one.p50, one.p90].map(String))}
      />
    </figure>
  );
}
