import { textLength, textLimit } from "./text-limit";

test("X counts a link as 23, an emoji as 2 and plain letters as 1", () => {
  expect(textLength("twitter", "hello")).toBe(5);
  expect(textLength("twitter", "see https://example.com/a/very/long/address?with=query")).toBe(4 + 23);
  expect(textLength("twitter", "👍")).toBe(2);
  expect(textLength("twitter", "👩‍💻 ok")).toBe(5);
  expect(textLength("twitter", "日本")).toBe(4);
});

test("the others count characters", () => {
  expect(textLength("tiktok", "👍 ok")).toBe(4);
  expect(textLength("instagram", "https://example.com")).toBe(19);
});

test("knows each platform's limit, and that a follow has none", () => {
  expect(textLimit("twitter", "reply")).toBe(280);
  expect(textLimit("tiktok", "comment")).toBe(150);
  expect(textLimit("instagram", "comment")).toBe(2200);
  expect(textLimit("tiktok", "follow")).toBeNull();
});
