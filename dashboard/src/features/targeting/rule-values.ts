import {
  array,
  boolean,
  check,
  forward,
  integer,
  maxValue,
  minLength,
  minValue,
  nonEmpty,
  number,
  object,
  picklist,
  pipe,
  string,
  trim,
  type InferOutput,
} from "valibot";
import type { Rule, RuleInput } from "@/api/types/targeting";
import { RULE_ACTIONS, splitWords } from "./rule-words";

/** The form's values and their rules: numbers are text until sent, so that an empty box stays empty. */
const MOST_A_DAY = 500;
const BUDGET = `A whole number from 1 to ${MOST_A_DAY}.`;
const COUNT = "A whole number, or nothing.";

const count = pipe(
  string(),
  trim(),
  check((text) => /^\d{0,10}$/.test(text), COUNT),
);

export const ruleShape = pipe(
  object({
    name: pipe(string(), trim(), nonEmpty("Give the rule a name.")),
    platform: picklist(["tiktok", "instagram", "twitter"], "Choose a platform."),
    account_id: string(),
    keywords: string(),
    handles: string(),
    action_types: pipe(array(picklist(RULE_ACTIONS)), minLength(1, "Choose at least one action.")),
    daily_budget: pipe(number(BUDGET), integer(BUDGET), minValue(1, BUDGET), maxValue(MOST_A_DAY, BUDGET)),
    min_followers: count,
    max_followers: count,
    text_template: pipe(string(), trim()),
    is_active: boolean(),
  }),
  forward(
    check(
      (values) => splitWords(values.keywords).length + splitWords(values.handles).length > 0,
      "Enter at least one keyword or handle.",
    ),
    ["keywords"],
  ),
  forward(
    check(
      ({ min_followers: least, max_followers: most }) =>
        least === "" || most === "" || Number(least) <= Number(most),
      "Not below the fewest.",
    ),
    ["max_followers"],
  ),
);

export type RuleValues = InferOutput<typeof ruleShape>;

const NEW_RULE: RuleInput = {
  account_id: null,
  platform: "tiktok",
  name: "",
  keywords: [],
  handles: [],
  action_types: [],
  daily_budget: 20,
  min_followers: null,
  max_followers: null,
  text_template: null,
  is_active: true,
};

export function valuesOf(rule: Rule | null): RuleValues {
  const from = rule ?? NEW_RULE;
  return {
    name: from.name,
    platform: from.platform,
    account_id: from.account_id ?? "",
    keywords: from.keywords.join("\n"),
    handles: from.handles.join("\n"),
    action_types: RULE_ACTIONS.filter((type) => from.action_types.includes(type)),
    daily_budget: from.daily_budget,
    min_followers: from.min_followers?.toString() ?? "",
    max_followers: from.max_followers?.toString() ?? "",
    text_template: from.text_template ?? "",
    is_active: from.is_active,
  };
}

export function inputOf(values: RuleValues): RuleInput {
  const numberOf = (text: string) => (text === "" ? null : Number(text));
  return {
    ...values,
    account_id: values.account_id === "" ? null : values.account_id,
    keywords: splitWords(values.keywords),
    handles: splitWords(values.handles),
    min_followers: numberOf(values.min_followers),
    max_followers: numberOf(values.max_followers),
    text_template: values.text_template === "" ? null : values.text_template,
  };
}
