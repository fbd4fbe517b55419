import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Deletions } from "./deletions";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function deletions() {
  const sent: string[] = [];
  const made = new Deletions((name, force) => {
    sent.push(force ? `${name}!` : name);
    if (name === "broken") return Promise.reject(new Error("offline"));
    return Promise.resolve(name === "used" && !force ? "in use" : "gone");
  }, 1_000);
  return { made, sent, hidden: () => [...made.current().hidden] };
}

test("what is undone in time is never sent", async () => {
  const { made, sent, hidden } = deletions();
  made.ask(["a", "b"]);
  expect(hidden()).toEqual(["a", "b"]);
  expect(made.current().undoable).toBe(2);
  made.undo();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(sent).toEqual([]);
  expect(hidden()).toEqual([]);
});

test("what nobody undoes goes, and so does what waited when more is deleted", async () => {
  const { made, sent, hidden } = deletions();
  made.ask(["a"]);
  made.ask(["b"]);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toEqual(["a", "b"]);
  expect(hidden()).toEqual(["a", "b"]);
  expect(made.current().undoable).toBe(0);
  made.restored("a");
  expect(hidden()).toEqual(["b"]);
  // What waits stays hidden while the list is read anew.
  made.ask(["c"]);
  made.reread();
  expect(hidden()).toEqual(["c"]);
});

test("what notes use comes back, until somebody insists", async () => {
  const { made, sent, hidden } = deletions();
  made.ask(["used", "a"]);
  await made.flush();
  expect(hidden()).toEqual(["a"]);
  expect(made.current().inUse).toEqual(["used"]);
  await made.insist();
  expect(sent).toEqual(["used", "a", "used!"]);
  expect(hidden()).toEqual(["a", "used"]);
  expect(made.current().inUse).toEqual([]);
});

test("what could not be deleted comes back and says why", async () => {
  const { made, hidden } = deletions();
  made.ask(["broken", "a"]);
  await made.flush();
  expect(hidden()).toEqual(["a"]);
  expect(made.current().error).toEqual(new Error("offline"));
});
