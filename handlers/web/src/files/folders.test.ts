import { expect, test } from "vitest";

import { within } from "./folders";

const file = (name: string) => ({ name, size: 1, modifiedAt: 0 });
const all = ["a.txt", "notes/1/x.png", "notes/2/y.png", "notes/z", "other/b"].map(file);

test("a folder shows its own files, and each folder in it once", () => {
  expect(within("", all)).toEqual({ folders: ["notes", "other"], files: [file("a.txt")] });
  expect(within("notes/", all)).toEqual({ folders: ["1", "2"], files: [file("notes/z")] });
  expect(within("nowhere/", all)).toEqual({ folders: [], files: [] });
});
