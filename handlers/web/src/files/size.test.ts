import { expect, test } from "vitest";

import { archiveName, baseName, isPicture, pathBelow, safeName, size } from "./size";

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

test("files of a dropped folder keep their place in it", () => {
  const dropped = (path: string) => Object.assign(new File(["x"], "x.txt"), { path });
  expect(pathBelow(new File(["x"], "x.txt"))).toBe("x.txt");
  expect(["./x.txt", "/trip/day 1/x.txt", "trip/../x.txt"].map((path) => pathBelow(dropped(path)))).toEqual(["x.txt", "trip/day 1/x.txt", "trip/file/x.txt"]);
});

test("a zip is called after what is in it", () => {
  expect(archiveName(["trip/"], "")).toBe("trip.zip");
  expect(archiveName(["trip/a.png"], "trip/")).toBe("a.png.zip");
  expect(archiveName(["trip/a", "trip/b"], "trip/")).toBe("trip.zip");
  expect(archiveName(["a", "b"], "")).toBe("files.zip");
});
