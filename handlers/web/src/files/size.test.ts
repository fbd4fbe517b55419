import { expect, test } from "vitest";

import { baseName, isPicture, safeName, size } from "./size";

test("sizes are short", () => {
  expect([0, 999, 1_000, 1_234_567, 25_000_000].map(size)).toEqual(["0 B", "999 B", "1.0 kB", "1.2 MB", "25 MB"]);
});

test("names become one visible segment", () => {
  expect(safeName("a/b\\c\n.txt")).toBe("a_b_c_.txt");
  expect(safeName("..")).toBe("file");
  expect(safeName(".bashrc")).toBe("bashrc");
  expect(baseName("notes/1/a.png")).toBe("a.png");
});

test("vector images are no pictures to show", () => {
  expect(isPicture("a.PNG")).toBe(true);
  expect(isPicture("a.svg")).toBe(false);
});
