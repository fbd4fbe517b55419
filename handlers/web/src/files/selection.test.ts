import { expect, test } from "vitest";

import { allOrNone, chosen, extended, NOTHING, toggled } from "./selection";

const order = ["notes/", "a", "b", "c", "d"];
const rows = (selection: { rows: ReadonlySet<string> }) => order.filter((row) => selection.rows.has(row));

test("a row is chosen and let go", () => {
  const one = toggled(NOTHING, "b");
  expect(rows(one)).toEqual(["b"]);
  expect(rows(toggled(one, "b"))).toEqual([]);
});

test("a range does to all its rows what was done to its first", () => {
  const three = extended(toggled(NOTHING, "d"), "b", order);
  expect(rows(three)).toEqual(["b", "c", "d"]);
  // The same range, the other way about, and from a row that was let go.
  expect(rows(extended(three, "notes/", order))).toEqual(order);
  expect(rows(extended(toggled(three, "c"), "d", order))).toEqual(["b"]);
});

test("a range that begins nowhere is one row", () => {
  expect(rows(extended(NOTHING, "c", order))).toEqual(["c"]);
  expect(rows(extended(toggled(NOTHING, "gone"), "c", order))).toEqual(["c"]);
});

test("all, then none", () => {
  const all = allOrNone(toggled(NOTHING, "a"), order);
  expect(rows(all)).toEqual(order);
  expect(rows(allOrNone(all, order))).toEqual([]);
});

test("a folder means what is in it, and nothing whose name only begins like it", () => {
  const files = ["a", "notes/1", "notes/x/2", "notesy"].map((name) => ({ name, size: 1, modifiedAt: 0 }));
  expect(chosen(toggled(NOTHING, "notes/"), files).map(({ name }) => name)).toEqual(["notes/1", "notes/x/2"]);
  expect(chosen(toggled(toggled(NOTHING, "notes/"), "notes/1"), files)).toHaveLength(2);
});
