import { actionsText, rangeText, splitWords } from "./rule-words";

test("keywords and handles are split by line or comma, once each, without @", () => {
  expect(splitWords(" flaky tests,\nCI pipeline\n\n@jane, JANE ,")).toEqual([
    "flaky tests",
    "CI pipeline",
    "JANE",
  ]);
  expect(splitWords("  \n ")).toEqual([]);
});

test("a range of followers reads as words at every end", () => {
  expect(rangeText({ min_followers: null, max_followers: null })).toBe("any number of followers");
  expect(rangeText({ min_followers: 100, max_followers: null })).toBe("100 followers or more");
  expect(rangeText({ min_followers: null, max_followers: 20000 })).toBe("up to 20K followers");
  expect(rangeText({ min_followers: 0, max_followers: 20000 })).toBe("0 to 20K followers");
});

test("actions read as one list", () => {
  expect(actionsText(["reply", "like"])).toBe("Reply, like");
});
