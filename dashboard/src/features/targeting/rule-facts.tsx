"use client";

import { useQuery } from "@tanstack/react-query";
import type { Rule } from "@/api/types/targeting";
import { formatCount } from "@/lib/format";
import { accountChoicesQuery } from "@/lib/shared-queries";
import { PLATFORM_NAME } from "@/lib/words";
import { Badge } from "@/ui/badge";
import { Section } from "@/ui/section";
import { actionsText, rangeText } from "./rule-words";
import { RuleState } from "./rules-table";

function Words({ items, mark = "" }: { items: readonly string[]; mark?: string }) {
  if (items.length === 0) return <span className="text-ink-3">none</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {items.map((item) => (
        <Badge key={item} className="max-w-full overflow-hidden">
          <span className="truncate">
            {mark}
            {item}
          </span>
        </Badge>
      ))}
    </span>
  );
}

export function RuleFacts({ rule }: { rule: Rule }) {
  const accounts = useQuery(accountChoicesQuery);
  const account = accounts.data?.items.find((entry) => entry.id === rule.account_id);
  const { stats } = rule;
  const figures = [
    ["Found", formatCount(stats.candidates)],
    ["Proposed", formatCount(stats.proposed)],
    ["Succeeded", formatCount(stats.succeeded)],
    ["Followed back", formatCount(stats.followed_back)],
  ] as const;
  const facts = [
    ["Platform", PLATFORM_NAME[rule.platform]],
    [
      "Account",
      rule.account_id === null
        ? "All of the platform"
        : account === undefined
          ? "One account"
          : `@${account.username}`,
    ],
    ["Proposes", actionsText(rule.action_types)],
    ["A day", `${rule.daily_budget} at most`],
    ["People", rangeText(rule)],
    ["Keywords", <Words key="keywords" items={rule.keywords} />],
    ["Handles", <Words key="handles" items={rule.handles} mark="@" />],
  ] as const;
  return (
    <div className="min-w-0">
      <Section title="What came of it">
        <dl className="grid grid-cols-2 gap-y-3">
          {figures.map(([name, value]) => (
            <div key={name}>
              <dt className="text-ink-3">{name}</dt>
              <dd className="text-lg font-semibold">{value}</dd>
            </div>
          ))}
        </dl>
        {stats.followed_back_unknown === 0 ? null : (
          <p className="mt-3 text-ink-2">
            Of {formatCount(stats.followed_back_unknown)} more that were followed, no official read has told
            whether they followed back.
          </p>
        )}
      </Section>
      <Section title="Rule" actions={<RuleState rule={rule} />}>
        <dl className="grid grid-cols-[6rem_minmax(0,1fr)] gap-y-1.5">
          {facts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-ink-3">{name}</dt>
              <dd className="min-w-0">{value}</dd>
            </div>
          ))}
        </dl>
        {rule.text_template === null ? null : (
          <>
            <h3 className="mt-3 mb-1 text-ink-3">Text template</h3>
            <p className="border-l-2 pl-3 whitespace-pre-wrap">{rule.text_template}</p>
          </>
        )}
      </Section>
    </div>
  );
}
