import { fireEvent, render, screen } from "@testing-library/react";
import { AreaChart } from "./area-chart";
import { niceTicks, spread } from "./chart-scale";
import { markOf } from "./health-strip";
import { linePoints } from "./spark-line";

const points = [
  { on: "2026-01-01", value: 10 },
  { on: "2026-01-02", value: 20 },
  { on: "2026-01-03", value: 15 },
];

test("axis marks are round and reach the top", () => {
  expect(niceTicks(716)).toEqual([0, 200, 400, 600, 800]);
  expect(niceTicks(0)).toEqual([0, 1, 2, 3, 4]);
  expect(niceTicks(3)).toEqual([0, 1, 2, 3, 4]);
  expect(niceTicks(1_000_000).at(-1)).toBe(1_000_000);
});

test("labels are few and the last is always there", () => {
  expect(spread(3, 8)).toEqual([0, 1, 2]);
  expect(spread(30, 8)).toHaveLength(8);
  expect(spread(30, 8).at(-1)).toBe(29);
});

test("a flat line runs through the middle and a rising one climbs", () => {
  expect(linePoints([5, 5], 10, 20)).toBe("0.00,10.00 10.00,10.00");
  expect(linePoints([0, 1], 10, 20)).toBe("0.00,20.00 10.00,0.00");
});

test("the cursor is moved by keys and read out, and stays within the days", () => {
  render(<AreaChart label="Engagements" name="This period" points={points} previous={points} />);
  const chart = screen.getByRole("slider", { name: "Engagements" });
  expect(chart).toHaveAttribute("aria-valuetext", "Jan 3: This period 15, Previous 15");
  fireEvent.keyDown(chart, { key: "ArrowLeft" });
  expect(chart).toHaveAttribute("aria-valuetext", "Jan 2: This period 20, Previous 20");
  fireEvent.keyDown(chart, { key: "Home" });
  fireEvent.keyDown(chart, { key: "ArrowLeft" });
  expect(chart).toHaveAttribute("aria-valuenow", "0");
});

test("a table holds every value of a chart", () => {
  render(<AreaChart label="Engagements" name="This period" points={points} />);
  expect(screen.getAllByRole("row")).toHaveLength(4);
});

test("failures show from the first, and count as many from a tenth", () => {
  expect(markOf({ ok: 0, failed: 0 })).toBe("none");
  expect(markOf({ ok: 10, failed: 0 })).toBe("fine");
  expect(markOf({ ok: 99, failed: 1 })).toBe("some");
  expect(markOf({ ok: 9, failed: 1 })).toBe("bad");
});
