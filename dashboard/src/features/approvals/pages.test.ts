import { anAction } from "@/testing/actions";
import { rowsOf, withNewer, without, withRow, type Pages } from "./pages";

const at = (id: string, minute: number) => anAction(id, { created_at: `2026-01-01T00:0${minute}:00Z` });

const PAGES: Pages = {
  pages: [
    { items: [at("a", 1), at("b", 3)], next_cursor: "x" },
    { items: [at("c", 5)], next_cursor: null },
  ],
  pageParams: ["", "x"],
};

const ids = (pages: Pages) => rowsOf(pages).map((row) => row.id);

test("a row leaves, and a page without it stays the same object", () => {
  expect(ids(without(PAGES, new Set(["b"])))).toEqual(["a", "c"]);
  expect(without(PAGES, new Set(["zz"]))).toBe(PAGES);
});

test("a restored row stands where its age belongs, once", () => {
  expect(ids(withRow(PAGES, at("n", 2)))).toEqual(["a", "n", "b", "c"]);
  expect(ids(withRow(PAGES, at("n", 4)))).toEqual(["a", "b", "n", "c"]);
  expect(ids(withRow(PAGES, at("n", 9)))).toEqual(["a", "b", "c", "n"]);
  expect(ids(withRow(PAGES, at("b", 3)))).toEqual(["a", "b", "c"]);
});

test("a row with new content replaces the old one in its place", () => {
  const changed = { ...at("b", 3), content_hash: "new" };
  expect(rowsOf(withNewer(PAGES, changed))[1]?.content_hash).toBe("new");
});

test("a row that two pages hold is shown once", () => {
  const twice: Pages = { ...PAGES, pages: [...PAGES.pages, { items: [at("c", 5)], next_cursor: null }] };
  expect(ids(twice)).toEqual(["a", "b", "c"]);
});
