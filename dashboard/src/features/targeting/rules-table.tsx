import type { Rule } from "@/api/types/targeting";
import { formatCount } from "@/lib/format";
import { PLATFORM_NAME } from "@/lib/words";
import { Badge } from "@/ui/badge";
import { Link } from "@/ui/link";
import { Table, Td, Th, Tr } from "@/ui/table";
import { actionsText, ruleHref } from "./rule-words";

const MID = "max-lg:hidden";

export function RuleState({ rule }: { rule: Pick<Rule, "is_active"> }) {
  return <Badge tone={rule.is_active ? "green" : "neutral"}>{rule.is_active ? "Active" : "Paused"}</Badge>;
}

export function RulesTable({ items }: { items: readonly Rule[] }) {
  return (
    <Table label="Targeting rules">
      <thead>
        <tr>
          <Th>Rule</Th>
          <Th>State</Th>
          <Th wide>Proposes</Th>
          <Th number wide>
            A day
          </Th>
          <Th number>Found</Th>
          <Th number className={MID}>
            Proposed
          </Th>
          <Th number className={MID}>
            Succeeded
          </Th>
          <Th number className={MID}>
            Followed back
          </Th>
        </tr>
      </thead>
      <tbody>
        {items.map((rule) => (
          <Tr key={rule.id} className="relative" data-testid="rule-row" data-id={rule.id}>
            <Td className="w-full max-w-0 md:w-[34%]">
              <Link
                href={ruleHref(rule.id)}
                className="focus-inset block truncate leading-4 font-medium after:absolute after:inset-0"
              >
                {rule.name}
              </Link>
              <span className="block truncate text-xs text-ink-3">
                {[
                  PLATFORM_NAME[rule.platform],
                  ...rule.keywords,
                  ...rule.handles.map((handle) => `@${handle}`),
                ].join(" · ")}
              </span>
            </Td>
            <Td>
              <RuleState rule={rule} />
            </Td>
            <Td wide className="text-ink-2">
              {actionsText(rule.action_types)}
            </Td>
            <Td number wide>
              {rule.daily_budget}
            </Td>
            <Td number>{formatCount(rule.stats.candidates)}</Td>
            <Td number className={MID}>
              {formatCount(rule.stats.proposed)}
            </Td>
            <Td number className={MID}>
              {formatCount(rule.stats.succeeded)}
            </Td>
            <Td number className={MID}>
              {formatCount(rule.stats.followed_back)}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
