import type { PolicyNumber } from "@/api/types/safety";
import { changesOf, grouped, lessCareful, problemOf, shown } from "./numbers";

const LIMIT: PolicyNumber = {
  key: "limits.phase_1",
  label: "Actions a day at the end of phase 1",
  value: 100,
  default: 100,
  least: 5,
  most: 100,
  unit: "actions a day",
  careful: "lower",
  source: "the product owner's table of phases",
};
const SHARE: PolicyNumber = {
  ...LIMIT,
  key: "autonomy.audit_share",
  label: "Share of automatic actions that still come to you",
  value: 0.1,
  default: 0.1,
  least: 0.05,
  most: 1,
  unit: "share",
  careful: "higher",
};

test("a share is typed in percent and sent as a share", () => {
  expect(shown(SHARE, 0.125)).toBe("12.5");
  expect(changesOf([SHARE], { [SHARE.key]: "25" })).toEqual({ "autonomy.audit_share": 0.25 });
});

test("what is out of bounds, broken or not a number is said and never sent", () => {
  expect(problemOf(LIMIT, "101")).toBe("From 5 to 100 actions a day.");
  expect(problemOf(LIMIT, "7.5")).toBe("Type a whole number.");
  expect(problemOf(LIMIT, "")).toBe("Type a number.");
  expect(problemOf(SHARE, "4")).toBe("From 5 to 100 %.");
  expect(changesOf([LIMIT, SHARE], { [LIMIT.key]: "101", [SHARE.key]: "x" })).toEqual({});
});

test("a number typed as it was changes nothing", () => {
  expect(changesOf([LIMIT], { [LIMIT.key]: "100" })).toEqual({});
});

test("less careful is a step away from the safer end of any number", () => {
  const limit = { ...LIMIT, value: 60 };
  expect(lessCareful([limit], { [limit.key]: 80 })).toBe(true);
  expect(lessCareful([limit], { [limit.key]: 40 })).toBe(false);
  expect(lessCareful([SHARE], { [SHARE.key]: 0.05 })).toBe(true);
});

test("numbers stand under their headings in the order in which they came", () => {
  expect(grouped([LIMIT, SHARE]).map((group) => group.name)).toEqual(["Limits", "Earned autonomy"]);
});
