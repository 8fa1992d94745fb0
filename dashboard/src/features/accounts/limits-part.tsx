import type { ActionType, Limit } from "@/api/types/common";
import { ACTION_NAME } from "@/lib/words";
import { Badge } from "@/ui/badge";
import { Meter } from "@/ui/meter";
import { Section } from "@/ui/section";
import { Table, Td, Th, Tr } from "@/ui/table";

/** "all" → "All actions", "follow" → "Follow"; a kind not known here as it comes. */
export function limitName(kind: string): string {
  if (kind === "all") return "All actions";
  if (kind in ACTION_NAME) return ACTION_NAME[kind as ActionType];
  return kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll("_", " ");
}

function tone(limit: Limit): "accent" | "yellow" | "red" {
  if (limit.used >= limit.limit) return "red";
  return limit.used >= limit.limit * 0.8 ? "yellow" : "accent";
}

export function LimitsPart({ limits }: { limits: readonly Limit[] }) {
  return (
    <Section title="Limits" note="the one that binds stops first" flush>
      {limits.length === 0 ? (
        <p className="px-4 pb-4 text-ink-3">
          No limit applies yet. They follow once the account is connected.
        </p>
      ) : (
        <Table label="Limits">
          <thead>
            <tr>
              <Th>Kind</Th>
              <Th>Window</Th>
              <Th number>Used</Th>
              <Th className="w-[22%] max-sm:hidden">
                <span className="sr-only">Share used</span>
              </Th>
              <Th wide>Source</Th>
            </tr>
          </thead>
          <tbody>
            {limits.map((limit) => (
              <Tr key={`${limit.kind}-${limit.window}`} data-binds={limit.binds}>
                <Td>
                  <span className="flex flex-wrap items-center gap-x-2">
                    <span className={limit.binds ? "font-medium" : undefined}>{limitName(limit.kind)}</span>
                    {limit.binds ? <Badge tone="accent">Binds</Badge> : null}
                  </span>
                </Td>
                <Td className="whitespace-nowrap text-ink-2">
                  {limit.window === "day" ? "a day" : "an hour"}
                </Td>
                <Td number className="whitespace-nowrap">
                  {limit.used} <span className="text-ink-3">/ {limit.limit}</span>
                </Td>
                <Td className="max-sm:hidden">
                  <Meter
                    label={`${limitName(limit.kind)} used`}
                    value={limit.used}
                    max={limit.limit}
                    tone={tone(limit)}
                  />
                </Td>
                <Td wide className="text-ink-2">
                  {limit.source}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}
