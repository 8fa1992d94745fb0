import { ApiProblem } from "@/api/problem";
import { anAction } from "@/testing/actions";
import { oneLine, primaryText, stepAfter } from "./words";

test("the primary button says what pressing it means", () => {
  expect(primaryText("green", false)).toBe("Approve");
  expect(primaryText("yellow", false)).toBe("Approve");
  expect(primaryText("red", false)).toBe("Approve anyway");
  expect(primaryText("red", true)).toBe("Approve edited");
  expect(primaryText("green", true)).toBe("Approve edited");
});

test("a row shows the draft, or whom it is about", () => {
  expect(oneLine(anAction("1"))).toBe("Words of 1");
  const follow = anAction("2", {
    action_type: "follow",
    target_data: { person: { handle: "@kai", display_name: "Kai Nakamura" } },
  });
  expect(oneLine(follow)).toBe("@kai · Kai Nakamura");
});

test("every refusal has one next step", () => {
  const problem = (code: string, status: number) => new ApiProblem({ code, status });
  expect(stepAfter(problem("content_changed", 409))).toMatch(/newest version/u);
  expect(stepAfter(problem("something_new", 503))).toMatch(/Try again/u);
});
