import type { Command } from "@/lib/commands";
import { found } from "./palette-search";

const command = (id: string, label: string, group: string, keywords?: string[]): Command => ({
  id,
  label,
  group,
  keywords,
  run: () => undefined,
});

const ALL = [
  command("a", "Overview", "Go to"),
  command("b", "Approvals", "Go to", ["queue"]),
  command("c", "Activity", "Go to"),
  command("d", "Pause account", "Accounts"),
];

const ids = (text: string) => found(ALL, text).map((entry) => entry.id);

test("offers everything before anything is typed, each group together", () => {
  expect(ids("  ")).toEqual(["a", "b", "c", "d"]);
});

test("a label that begins with the text comes before one that only holds its letters", () => {
  expect(ids("a")).toEqual(["b", "c", "d"]);
  expect(ids("ac")[0]).toBe("c");
});

test("finds by keyword and by letters in order, and nothing for what does not occur", () => {
  expect(ids("queue")).toEqual(["b"]);
  expect(ids("ovw")).toEqual(["a"]);
  expect(ids("zzz")).toEqual([]);
});
