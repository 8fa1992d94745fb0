import type { PolicyNumber } from "@/api/types/safety";

/** What was typed, by key; a number that was not touched is absent. */
export type Typed = Readonly<Record<string, string>>;

const GROUPS: Readonly<Record<string, string>> = {
  limits: "Limits",
  days: "Phases",
  gates: "Promotion",
  contact: "Contact with people",
  unfollow: "Unfollowing",
  autonomy: "Earned autonomy",
  attention: "Your time",
};

export interface Group {
  name: string;
  numbers: PolicyNumber[];
}

/** The numbers under their headings, in the order in which they came. */
export function grouped(numbers: readonly PolicyNumber[]): Group[] {
  const groups = new Map<string, Group>();
  for (const one of numbers) {
    const key = one.key.split(".")[0] ?? "";
    const group = groups.get(key) ?? { name: GROUPS[key] ?? key, numbers: [] };
    group.numbers.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** A share is typed and shown in percent. */
export function isShare(one: Pick<PolicyNumber, "unit">): boolean {
  return one.unit === "share";
}

export function shown(one: PolicyNumber, value: number): string {
  return isShare(one) ? String(Number((value * 100).toFixed(1))) : String(value);
}

export function unitOf(one: PolicyNumber): string {
  return isShare(one) ? "%" : one.unit;
}

/** Why what was typed cannot be used; null when it can. */
export function problemOf(one: PolicyNumber, text: string): string | null {
  const typed = Number(text);
  const value = isShare(one) ? typed / 100 : typed;
  if (text.trim() === "" || Number.isNaN(typed)) return "Type a number.";
  if (!isShare(one) && !Number.isInteger(typed)) return "Type a whole number.";
  if (value < one.least || value > one.most) {
    return `From ${shown(one, one.least)} to ${shown(one, one.most)} ${unitOf(one)}.`;
  }
  return null;
}

/** The numbers that would change, as the API takes them; only those that can be used. */
export function changesOf(numbers: readonly PolicyNumber[], typed: Typed): Record<string, number> {
  const changes: Record<string, number> = {};
  for (const one of numbers) {
    const text = typed[one.key];
    if (text === undefined || problemOf(one, text) !== null) continue;
    const value = isShare(one) ? Number((Number(text) / 100).toFixed(4)) : Number(text);
    if (value !== one.value) changes[one.key] = value;
  }
  return changes;
}

/** Whether any of the changes goes away from the careful end. */
export function lessCareful(
  numbers: readonly PolicyNumber[],
  changes: Readonly<Record<string, number>>,
): boolean {
  return numbers.some((one) => {
    const next = changes[one.key];
    if (next === undefined) return false;
    return one.careful === "lower" ? next > one.value : next < one.value;
  });
}
