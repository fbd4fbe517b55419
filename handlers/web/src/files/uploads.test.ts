import { expect, test } from "vitest";

import { Uploads, type Put } from "./uploads";

const file = new File(["x"], "x.txt");

/** An upload that waits to be told how it ends. */
function held() {
  const calls: { progress: (share: number) => void; signal: AbortSignal; end: () => void; fail: (error: unknown) => void }[] = [];
  const put: Put = (_, __, progress, signal) => new Promise((end, fail) => calls.push({ progress, signal, end: () => end(), fail }));
  return { put, last: () => calls[calls.length - 1] ?? expect.unreachable("nothing was begun") };
}

test("progress is shown, and what is stored is told once and then gone from the list", async () => {
  const { put, last } = held();
  const stored: string[] = [];
  const uploads = new Uploads(put, async (name) => void stored.push(name));
  const done = uploads.start("a", file);
  last().progress(0.5);
  expect(uploads.current()).toEqual([{ name: "a", state: { kind: "running", share: 0.5 } }]);
  last().end();
  await done;
  expect(stored).toEqual(["a"]);
  expect(uploads.current()).toEqual([]);
});

test("what is cancelled is not stored, even if it had arrived", async () => {
  const { put, last } = held();
  const stored: string[] = [];
  const uploads = new Uploads(put, async (name) => void stored.push(name));
  const done = uploads.start("a", file);
  uploads.cancel("a");
  expect(last().signal.aborted).toBe(true);
  last().end();
  await done;
  expect(stored).toEqual([]);
  expect(uploads.current()).toEqual([]);
});

test("what has failed stays until it is tried again", async () => {
  const { put, last } = held();
  const stored: string[] = [];
  const uploads = new Uploads(put, async (name) => void stored.push(name));
  const first = uploads.start("a", file);
  last().fail(new Error("offline"));
  await first;
  expect(uploads.current()[0]?.state.kind).toBe("failed");
  // The sender's events may come after its end.
  last().progress(1);
  expect(uploads.current()[0]?.state.kind).toBe("failed");
  const second = uploads.retry("a");
  last().end();
  await second;
  expect(stored).toEqual(["a"]);
});

test("a few are sent at once, the others in their turn, and a cancelled one gives its turn away", async () => {
  const { put, last } = held();
  const begun: string[] = [];
  const uploads = new Uploads((name, ...rest) => (begun.push(name), put(name, ...rest)), async () => undefined);
  const all = ["a", "b", "c", "d", "e", "f", "g"].map((name) => uploads.start(name, file));
  expect(begun).toEqual(["a", "b", "c", "d"]);
  expect(uploads.current()[4]).toEqual({ name: "e", state: { kind: "waiting" } });
  uploads.cancel("e");
  last().end();
  await all[3];
  await all[4];
  await Promise.resolve();
  expect(begun).toEqual(["a", "b", "c", "d", "f"]);
  uploads.cancelAll();
  expect(uploads.current()).toEqual([]);
});
