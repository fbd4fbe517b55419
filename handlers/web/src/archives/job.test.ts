import { expect, test } from "vitest";

import { detail, missing, progress, share, type Job } from "./job";

const job = (changes: Partial<Job>): Job => ({
  archiveId: "1",
  status: "running",
  name: "archive.zip",
  filesTotal: 12,
  filesDone: 3,
  bytesTotal: 9_800_000,
  bytesDone: 1_200_000,
  missing: [],
  missingTotal: 0,
  createdAt: 0,
  expiresAt: 0,
  ...changes,
});

test("progress is in files and bytes, and unknown while a job waits", () => {
  expect(progress(job({}))).toBe("3 of 12 files, 1.2 MB of 9.8 MB");
  expect(share(job({ bytesDone: 4_900_000 }))).toBe(0.5);
  expect(share(job({ status: "queued", bytesDone: 0 }))).toBeUndefined();
  // Empty files have no bytes, and are files nevertheless.
  expect(share(job({ bytesTotal: 0, bytesDone: 0 }))).toBe(0.25);
});

test("what is not in the zip is named, or counted where there are too many names", () => {
  expect(missing(job({}))).toBeNull();
  expect(missing(job({ missing: ["a.txt"], missingTotal: 1 }))).toBe("1 file was gone when the zip was made: a.txt.");
  expect(missing(job({ missing: ["a", "b"], missingTotal: 5 }))).toBe("5 files were gone when the zip was made: a, b, and 3 more.");
});

test("a failure says why", () => {
  expect(detail(job({ status: "failed", error: "none of the files exists any more" }))).toMatch(/^None of the files exists any more\. /);
});

test("a partial zip counts what is in it", () => {
  expect(detail(job({ status: "ready", size: 1_000, missing: ["a"], missingTotal: 1 }))).toMatch(/^11 files, 1\.0 kB\. /);
});
