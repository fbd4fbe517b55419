import { expect, test } from "vitest";

import { offsetOf } from "./place";

test("a place is found by line and column", () => {
  const text = "a\nb😀c\n";
  expect(offsetOf(text, 1, 1)).toBe(0);
  expect(offsetOf(text, 2, 3)).toBe(text.indexOf("c"));
  expect(offsetOf(text, 2, 99)).toBe(text.length - 1);
  expect(offsetOf(text, 9, 9)).toBe(text.length);
});
