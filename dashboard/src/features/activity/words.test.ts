import { anAction } from "@/testing/actions";
import { patched } from "./use-history";
import { allowedFor, evidenceText, proofOf } from "./words";

const allowed = (status: Parameters<typeof allowedFor>[0]["status"], mode: "api" | "human" = "api") =>
  Object.entries(allowedFor({ status, mode }))
    .filter(([, may]) => may)
    .map(([verb]) => verb);

test("offers what the state allows and nothing else", () => {
  expect(allowed("scheduled")).toEqual(["execute", "cancel"]);
  expect(allowed("awaiting_human", "human")).toEqual(["cancel"]);
  expect(allowed("failed")).toEqual(["replan"]);
  expect(allowed("outcome_unknown")).toEqual(["resolve"]);
  expect(allowed("executing")).toEqual([]);
  expect(allowed("succeeded")).toEqual([]);
});

test("says claimed until a check has seen it", () => {
  expect(proofOf({ status: "succeeded", verified: null })).toBe("Claimed");
  expect(proofOf({ status: "succeeded", verified: true })).toBe("Verified");
  expect(proofOf({ status: "scheduled", verified: null })).toBeNull();
});

test("an event changes the row it speaks of, and unknown words change nothing", () => {
  const row = anAction("1", { status: "executing" });
  expect(
    patched(row, { type: "action.succeeded", data: { status: "succeeded", light: "green" } }).status,
  ).toBe("succeeded");
  expect(patched(row, { type: "action.verified", data: {} }).verified).toBe(true);
  expect(patched(row, { type: "action.held", data: { status: "sideways", light: "blue" } })).toEqual(row);
});

test("evidence is text in any shape", () => {
  expect(evidenceText("abc")).toBe("abc");
  expect(evidenceText({ status: 201 })).toBe('{"status":201}');
});
