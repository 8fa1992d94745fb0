import type { SimulationSummary } from "@/api/types/safety";
import { formatCount, formatShare } from "@/lib/format";
import { Table, Td, Th, Tr } from "@/ui/table";
import { HealthBand, HourMap, LightsByDay, PhaseBand } from "./pictures";

type Figure = readonly [string, (of: SimulationSummary) => string];

const FIGURES: readonly Figure[] = [
  ["Accounts restricted", (of) => formatShare(of.accounts_restricted_share)],
  ["Accounts suspended", (of) => formatShare(of.accounts_suspended_share)],
  ["Time on green", (of) => formatShare(of.time_green_share)],
  ["Followers gained", (of) => formatCount(of.followers_gained)],
  ["Your minutes", (of) => formatCount(Math.round(of.reviewer_minutes))],
  ["Limits exceeded", (of) => formatCount(of.limits_exceeded)],
  ["Invariants broken", (of) => formatCount(of.invariants_broken)],
];

/** Today's numbers and, beside them, the changed ones in the same world. */
export function Comparison({
  today,
  changed,
}: {
  today: SimulationSummary;
  changed: SimulationSummary | null;
}) {
  const runs: { name: string; of: SimulationSummary }[] = [
    { name: "Today", of: today },
    ...(changed === null ? [] : [{ name: "Changed", of: changed }]),
  ];
  return (
    <div className="flex flex-col gap-5">
      <div className="-mx-4 border-t">
        <Table label="What came of it">
          <thead>
            <tr>
              <Th>What</Th>
              {runs.map((run) => (
                <Th key={run.name} number>
                  {run.name}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {FIGURES.map(([name, figure]) => (
              <Tr key={name}>
                <Td>{name}</Td>
                {runs.map((run) => (
                  <Td key={run.name} number>
                    {figure(run.of)}
                  </Td>
                ))}
              </Tr>
            ))}
          </tbody>
        </Table>
      </div>
      <div className="grid grid-cols-1 gap-5 data-[two=true]:lg:grid-cols-2" data-two={runs.length === 2}>
        {runs.map((run) => (
          <section key={run.name} aria-label={run.name} className="flex min-w-0 flex-col gap-4">
            <h3 className="font-medium">{run.name}</h3>
            <LightsByDay days={run.of.series.actions_by_day} />
            <HourMap hours={run.of.series.hours} />
            <HealthBand days={run.of.series.health} />
            <PhaseBand days={run.of.series.phases} />
          </section>
        ))}
      </div>
    </div>
  );
}
