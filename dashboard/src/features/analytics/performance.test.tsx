import { fireEvent, render, screen } from "@testing-library/react";
import type { Performance, PerformanceTotals } from "@/api/types/analytics";
import { GainLossChart } from "./gain-loss-chart";
import { rowsOf, unedited } from "./performance-part";

const totals: PerformanceTotals = {
  proposed: 10,
  approved: 8,
  approved_without_edits: 6,
  rejected: 1,
  succeeded: 7,
  claimed: 3,
  verified: 4,
  failed: 0,
  unknown: 0,
  followed_back: 2,
};

const performance: Performance = {
  days: 30,
  totals,
  by_account: [{ ...totals, account_id: "a1", platform: "twitter", username: "mara" }],
  by_kind: [{ ...totals, action_type: "publish_text" }],
  by_rule: [{ ...totals, rule_id: "r1", name: "Makers" }],
};

test("each cut names its rows as people know them", () => {
  expect(rowsOf(performance, "account").map((row) => row.name)).toEqual(["@mara on X"]);
  expect(rowsOf(performance, "kind").map((row) => row.name)).toEqual(["Post"]);
  expect(rowsOf(performance, "rule").map((row) => [row.key, row.name])).toEqual([["r1", "Makers"]]);
});

test("the share without edits is of those approved, and unknown when none was", () => {
  expect(unedited(totals)).toBe(0.75);
  expect(unedited({ ...totals, approved: 0, approved_without_edits: 0 })).toBeNull();
});

test("the days of gains and losses are read out by key", () => {
  const days = [
    { on: "2026-01-01", gained: 5, lost: 1 },
    { on: "2026-01-02", gained: 0, lost: 3 },
  ];
  render(<GainLossChart days={days} />);
  const chart = screen.getByRole("slider");
  expect(chart).toHaveAttribute("aria-valuetext", "Jan 2: 0 gained, 3 lost");
  fireEvent.keyDown(chart, { key: "ArrowLeft" });
  expect(chart).toHaveAttribute("aria-valuetext", "Jan 1: 5 gained, 1 lost");
});
