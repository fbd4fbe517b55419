import { expect, test } from "vitest";

import { ApiError } from "../api";
import { Autosave, type Stored, type Transport } from "./autosave";

/** A note on a server, with versions for ETags. */
class Server implements Transport {
  version = 1;
  writes: string[] = [];
  constructor(public content: string) {}
  stored = (): Stored => ({ content: this.content, etag: `"${this.version}"` });
  read = async () => this.stored();
  replace = async (content: string, etag: string) => {
    if (etag !== this.stored().etag) throw new ApiError(412, null, "the note has changed", null);
    this.content = content;
    this.version += 1;
    this.writes.push(content);
    return this.stored();
  };
}

const open = (server: Server) => new Autosave(server.stored(), server, 0);

test("what is typed is saved, once", async () => {
  const server = new Server("a");
  const note = open(server);
  note.edit("ab");
  note.edit("abc");
  expect(note.current().status.kind).toBe("unsaved");
  await note.flush();
  await note.flush();
  expect(server.writes).toEqual(["abc"]);
  expect(note.current()).toEqual({ text: "abc", status: { kind: "saved" } });
});

test("what is typed during a save is saved after it", async () => {
  const server = new Server("a");
  const note = open(server);
  note.edit("ab");
  const saving = note.flush();
  note.edit("abc");
  await saving;
  expect(server.writes).toEqual(["ab", "abc"]);
  expect(note.current().status.kind).toBe("saved");
});

test("another tab's version is kept beside ours, and merged by hand", async () => {
  const server = new Server("a");
  const [first, second] = [open(server), open(server)];
  first.edit("first");
  await first.flush();
  second.edit("second");
  await second.flush();
  expect(second.current()).toEqual({ text: "second", status: { kind: "conflict", theirs: server.stored() } });
  second.edit("second, more");
  await second.flush();
  expect(server.content).toBe("first");
  await second.settle("first and second");
  expect(server.content).toBe("first and second");
  expect(second.current().status.kind).toBe("saved");
});

test("the same text from elsewhere is no conflict", async () => {
  const server = new Server("a");
  const note = open(server);
  await server.replace("same", server.stored().etag);
  note.edit("same");
  await note.flush();
  expect(note.current().status.kind).toBe("saved");
  expect(server.writes).toEqual(["same"]);
});

test("a merge that is overtaken is a conflict again", async () => {
  const server = new Server("a");
  const note = open(server);
  await server.replace("b", server.stored().etag);
  note.edit("c");
  await note.flush();
  await server.replace("d", server.stored().etag);
  await note.settle("bc");
  expect(server.content).toBe("d");
  expect(note.current()).toEqual({ text: "bc", status: { kind: "conflict", theirs: server.stored() } });
});

test("a failure keeps the text, and the next attempt saves it", async () => {
  const server = new Server("a");
  const { replace } = server;
  server.replace = async () => {
    throw new Error("offline");
  };
  const note = open(server);
  note.edit("ab");
  await note.flush();
  expect(note.current().status.kind).toBe("failed");
  expect(note.current().text).toBe("ab");
  server.replace = replace;
  await note.flush();
  expect(server.content).toBe("ab");
});
