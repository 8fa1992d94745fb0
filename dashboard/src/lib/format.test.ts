import { formatAge, formatChange, formatCompact, formatDay, formatDuration, formatRelative } from "./format";
import { safeNext } from "./next-path";

const now = Date.parse("2026-03-01T12:00:00Z");

test("ages and waits in one unit", () => {
  expect(formatAge("2026-03-01T11:56:10Z", now)).toBe("3m");
  expect(formatAge("2026-03-01T12:40:00Z", now)).toBe("in 40m");
  expect(formatAge("2026-02-26T12:00:00Z", now)).toBe("3d");
  expect(formatAge("nonsense", now)).toBe("–");
  expect(formatRelative("2026-03-01T11:56:00Z", now)).toBe("4 minutes ago");
});

test("durations in at most two units", () => {
  expect(formatDuration(5 * 3600 + 46 * 60)).toBe("5h 46m");
  expect(formatDuration(3600)).toBe("1h");
  expect(formatDuration(-4)).toBe("0s");
  expect(formatDuration(76 * 3600)).toBe("3d 4h");
});

test("numbers keep their sign and say when there is none", () => {
  expect(formatChange(0.031)).toBe("+3.1%");
  expect(formatChange(-0.02)).toBe("-2.0%");
  expect(formatCompact(7700)).toBe("7.7K");
  expect(formatCompact(null)).toBe("–");
});

test("a plain date is the same day in every time zone", () => {
  expect(formatDay("2026-03-01", "America/Los_Angeles")).toBe("Mar 1");
  expect(formatDay("2026-03-01T02:00:00Z", "America/Los_Angeles")).toBe("Feb 28");
});

test("signing in leads back to our own pages only", () => {
  expect(safeNext("?next=%2Fapprovals%2F%3Flight%3Dred")).toBe("/approvals/?light=red");
  expect(safeNext("?next=//evil.example")).toBe("/");
  expect(safeNext("?next=/\\evil.example")).toBe("/");
  expect(safeNext("?next=https://evil.example")).toBe("/");
  expect(safeNext("")).toBe("/");
});
