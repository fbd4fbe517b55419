// Files by signed links and by the AWS SDK's own uploads, and archives of many, opened by yauzl.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { crc32 } from "node:zlib";

import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import yauzl from "yauzl";

import { Person } from "./person.js";
import { startServer } from "./server.js";

let server, alice, bob;

before(async () => {
  server = await startServer("--max-bytes", String(64 << 20), "--max-file-bytes", String(32 << 20));
  [alice, bob] = [await Person.signUp(server), await Person.signUp(server)];
});

after(async () => assert.equal(await server?.stop(), 0));

async function link(person, name, data, contentType = "text/plain") {
  const checksum = crc32(data).toString(16).padStart(8, "0");
  return person.call("POST", "/files", { name, size: data.length, contentType, crc32: checksum });
}

async function upload(person, name, data) {
  const answer = await link(person, name, data);
  assert.equal(answer.status, 201, await answer.clone().text());
  const { method, url, headers } = (await answer.json()).upload;
  const stored = await fetch(url, { method, headers, body: data });
  assert.equal(stored.status, 200, await stored.text());
}

async function download(person, path) {
  const found = await person.call("GET", `${path}?download`);
  assert.equal(found.status, 307, await found.text());
  const answer = await fetch(found.headers.get("location"));
  assert.equal(answer.status, 200);
  return Buffer.from(await answer.arrayBuffer());
}

async function ready(person, started) {
  assert.equal(started.status, 202, await started.clone().text());
  const path = started.headers.get("location");
  for (let waited = 0; ; waited += 50) {
    const job = await (await person.call("GET", path)).json();
    if (!["queued", "running"].includes(job.status) || waited > 120_000) {
      assert.equal(job.status, "ready", JSON.stringify(job));
      return { ...job, path };
    }
    await delay(50); // as clients poll
  }
}

// Every entry's name and bytes, whose checksums yauzl compares.
async function entries(zip) {
  const opened = await yauzl.fromBufferPromise(zip);
  const found = new Map();
  for await (const entry of opened.eachEntry()) {
    const chunks = [];
    for await (const chunk of await opened.openReadStreamPromise(entry)) chunks.push(chunk);
    const data = Buffer.concat(chunks);
    assert.equal(crc32(data), entry.crc32, entry.fileName);
    found.set(entry.fileName, data);
  }
  return found;
}

test("a file goes up by its link, and comes down by one", async () => {
  const [name, data] = ["päper/ö & #1.txt", randomBytes(5_000)];
  await upload(alice, name, data);
  const path = `/files/${name.split("/").map(encodeURIComponent).join("/")}`;
  const known = await (await alice.call("GET", path)).json();
  assert.deepEqual([known.name, known.size, known.contentType], [name, data.length, "text/plain"]);
  assert.deepEqual(await (await alice.call("GET", "/files")).json(), [known]);
  assert.deepEqual(await download(alice, path), data);
  const object = await alice.s3().send(new GetObjectCommand({ Bucket: server.outputs.Bucket, Key: alice.key(name) }));
  assert.deepEqual(Buffer.from(await object.Body.transformToByteArray()), data);
  assert.equal((await alice.call("DELETE", path)).status, 204);
  assert.equal((await alice.call("GET", path)).status, 404);
});

test("lib-storage uploads parts with CRC-32, and the API knows the file", async () => {
  const data = randomBytes((17 << 20) + 3);
  const object = { Bucket: server.outputs.Bucket, Key: alice.key("parts.bin") };
  const params = { ...object, Body: data, ContentType: "application/octet-stream", ChecksumAlgorithm: "CRC32" };
  const done = await new Upload({ client: alice.s3(), params, partSize: 5 << 20, queueSize: 4 }).done();
  assert.match(done.ETag, /-4"$/);
  const head = await alice.s3().send(new HeadObjectCommand({ ...object, ChecksumMode: "ENABLED" }));
  assert.ok(head.ChecksumCRC32);
  const known = await (await alice.call("GET", "/files/parts.bin")).json();
  assert.equal(known.size, data.length);
  assert.ok((await download(alice, "/files/parts.bin")).equals(data));
});

test("a file in use stays", async () => {
  await upload(alice, "used.txt", Buffer.from("used"));
  const note = await (await alice.call("POST", "/notes", { content: "x", attachments: ["used.txt"] })).json();
  const refused = await alice.call("DELETE", "/files/used.txt");
  assert.equal(refused.status, 409);
  assert.match(await refused.text(), new RegExp(note.noteId));
  assert.equal((await alice.call("DELETE", "/files/used.txt?force")).status, 204);
});

test("nobody keeps more than they may", async () => {
  const person = await Person.signUp(server);
  const { quota } = await (await person.call("GET", "/me")).json();
  assert.deepEqual([quota.bytes, quota.fileBytes], [64 << 20, 32 << 20]);
  const wanted = (size) => person.call("POST", "/files", { name: "x", size, contentType: "text/plain" });
  assert.equal((await wanted((32 << 20) + 1)).status, 413);
  const put = (name, size) =>
    person.s3().send(new PutObjectCommand({ Bucket: server.outputs.Bucket, Key: person.key(name), Body: Buffer.alloc(size) }));
  await put("one", 32 << 20);
  await put("two", 31 << 20);
  assert.equal((await wanted((1 << 20) + 1)).status, 507);
  await assert.rejects(put("three", (1 << 20) + 1), { name: "QuotaExceeded" });
  const { usage } = await (await person.call("GET", "/me")).json();
  assert.deepEqual(usage, { notes: 0, files: 2, bytes: 63 << 20 });
});

test("many files become one zip, and an account an export", async () => {
  const person = await Person.signUp(server);
  const files = new Map([["ünïcode/☃.txt", Buffer.from("snow")], ["empty", Buffer.alloc(0)]]);
  for (let n = 0; n < 30; n += 1) files.set(`folder ${n % 3}/file ${n}.txt`, Buffer.from(`${n} `.repeat(n * 50)));
  for (const [name, data] of files) await upload(person, name, data);
  const large = { Bucket: server.outputs.Bucket, Key: person.key("large.bin"), Body: randomBytes(8 << 20) };
  await person.s3().send(new PutObjectCommand(large));
  files.set("large.bin", large.Body);

  const job = await ready(person, await person.call("POST", "/archives", { prefix: "", name: "all of it.zip" }));
  assert.deepEqual([job.filesDone, job.filesTotal, job.missing], [files.size, files.size, []]);
  const zip = await download(person, job.path);
  assert.equal(zip.length, job.size);
  const found = await entries(zip);
  assert.deepEqual([...found.keys()].sort(), [...files.keys()].sort());
  for (const [name, data] of files) assert.ok(found.get(name).equals(data), name);

  const note = await (await person.call("POST", "/notes", { content: "exported" })).json();
  const exported = await ready(person, await person.call("POST", "/me/export"));
  const all = await entries(await download(person, exported.path));
  assert.deepEqual(JSON.parse(all.get("notes.json")).map(({ noteId }) => noteId), [note.noteId]);
  assert.equal([...all.keys()].filter((name) => /^notes\/.*\.md$/.test(name)).length, 1);
  assert.equal(all.size, files.size + 2);

  // It is nobody else's.
  for (const [method, path] of [["GET", job.path], ["GET", `${job.path}?download`], ["DELETE", job.path]]) {
    assert.equal((await bob.call(method, path)).status, 404);
  }
  assert.equal((await bob.call("GET", "/files/large.bin")).status, 404);
  assert.equal((await bob.call("POST", "/archives", { files: ["large.bin"] })).status, 422);
  await assert.rejects(bob.s3().send(new GetObjectCommand({ Bucket: large.Bucket, Key: large.Key })), {
    name: "AccessDenied",
  });
});
