import { anAction } from "@/testing/actions";
import { bulkState, movedBy, nextAfter } from "./bulk-rules";

const green = anAction("1");
const yellow = anAction("2", { light: "yellow" });
const red = anAction("3", { light: "red" });

test("only a selection that is all green may be approved together", () => {
  expect(bulkState([green]).mayApprove).toBe(true);
  expect(bulkState([green, yellow]).mayApprove).toBe(false);
  expect(bulkState([red]).mayApprove).toBe(false);
  expect(bulkState([]).mayApprove).toBe(false);
});

test("names what has to be reviewed one by one", () => {
  expect(bulkState([green, yellow, red]).blockers).toBe("1 high, 1 medium");
  expect(bulkState([green, red]).blockers).toBe("1 high");
  expect(bulkState([green]).blockers).toBe("");
  expect(bulkState([green, yellow, red]).green).toEqual([green]);
});

test("the eye goes to the next row that stays, at the end to the one above, and nowhere when none is left", () => {
  const rows = [green, yellow, red];
  expect(nextAfter(rows, new Set(["1"]), "1")).toBe("2");
  expect(nextAfter(rows, new Set(["2", "3"]), "2")).toBe("1");
  expect(nextAfter(rows, new Set(["1", "2", "3"]), "2")).toBeNull();
  expect(nextAfter(rows, new Set(["1"]), "2")).toBe("2");
});

test("moving stops at the ends", () => {
  const rows = [green, yellow, red];
  expect(movedBy(rows, 0, 1)).toBe("2");
  expect(movedBy(rows, 2, 1)).toBe("3");
  expect(movedBy(rows, 0, -1)).toBe("1");
  expect(movedBy([], 0, 1)).toBeNull();
});
