// Many files as one zip: asked for, followed, downloaded, cancelled; and what is told when it is not as hoped.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { audit } from "./audit.js";
import { addFiles, newName, open, painting, picture, signUp, startBrowser, startServer, visit } from "./world.js";

let server, browser;
before(async () => {
  server = await startServer("--max-archive-files", "8");
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

const box = (page, name) => page.getByRole("checkbox", { name: `Select ${name}`, exact: true });

/** The names that a zip's central directory has. */
function entries(zip) {
  const names = [];
  for (let at = zip.indexOf("PK\x01\x02", 0, "latin1"); at >= 0; at = zip.indexOf("PK\x01\x02", at + 46, "latin1")) {
    names.push(zip.toString("utf8", at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names.sort();
}

/**
 * Has the API's answers about jobs changed on their way to the page: what a worker's day brings cannot be had at will.
 * With nothing to change them to, none arrives.
 */
const changing = (page, change) =>
  page.route("**/archives/*", async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    if (change() === null) return route.abort();
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...change() } });
  });

/** Somebody with files, on their page. */
async function somebody() {
  const opened = await open(browser, server);
  await signUp(opened.page, server, newName());
  await visit(opened.page, "Files");
  await addFiles(opened.page, [{ name: "a.txt" }, { name: "b.txt" }, { name: "harbour.png", type: "image/png", buffer: painting("harbour") }]);
  return opened;
}

test("chosen files become a zip with just these in it, which is there again later", async () => {
  const { context, page, complaints } = await somebody();
  await box(page, "a.txt").click();
  await box(page, "harbour.png").click();
  await page.getByRole("button", { name: "Download as zip" }).click();
  const card = page.getByRole("article", { name: "Archive files.zip" });
  await card.getByText("Ready").waitFor();
  await audit(page);
  await picture(page, "archive-ready");
  const downloading = page.waitForEvent("download");
  await card.getByRole("button", { name: "Download files.zip" }).click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), "files.zip");
  assert.deepEqual(entries(readFileSync(await download.path())), ["a.txt", "harbour.png"]);

  await visit(page, "Archives");
  const listed = page.getByRole("article", { name: "Archive files.zip" });
  await listed.getByText(/^2 files, .*Kept until/).waitFor();
  await audit(page);
  await picture(page, "archives");
  await page.reload();
  await listed.getByRole("button", { name: "Remove files.zip" }).click();
  await page.getByRole("heading", { name: "No archives" }).waitFor();
  await audit(page);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a job is followed while it waits and runs, through a lost network, and can be cancelled", async () => {
  const { context, page } = await somebody();
  let state = { status: "queued", filesDone: 0, bytesDone: 0 };
  await changing(page, () => state);
  await page.route("**/archives", async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...state } });
  });
  await page.getByRole("checkbox", { name: "Select all" }).click();
  await page.getByRole("button", { name: "Download as zip" }).click();
  const card = page.getByRole("article", { name: "Archive files.zip" });
  await card.getByRole("status").getByText("Waiting for its turn").waitFor();
  await audit(page);
  await picture(page, "archive-queued");

  state = { status: "running", filesDone: 2, bytesDone: 12 };
  await card.getByText(/2 of 3 files, 12 B of /).waitFor();
  const bar = card.getByRole("progressbar", { name: "Progress of files.zip" });
  assert.ok(await bar.evaluate((bar) => bar.value > 0 && bar.value < 1));
  await audit(page);
  await picture(page, "archive-running");

  const before = state;
  state = null;
  await context.setOffline(true);
  await card.getByRole("alert").getByText("The server cannot be reached. Asking again…").waitFor();
  await page.getByText("You are offline.").waitFor();
  await audit(page);
  state = before;
  await context.setOffline(false);
  await card.getByRole("alert").waitFor({ state: "detached" });
  await page.getByText("You are offline.").waitFor({ state: "detached" });

  await card.getByRole("button", { name: "Cancel files.zip" }).click();
  await card.waitFor({ state: "detached" });
  await visit(page, "Archives");
  await page.getByRole("heading", { name: "No archives" }).waitFor();
  await context.close();
});

test("a zip that lacks files names them, and one that could not be made says why", async () => {
  const { context, page } = await somebody();
  await page.route("**/archives?*", async (route) => {
    const answer = await route.fetch();
    const [job] = await answer.json();
    const partial = { ...job, archiveId: "1", name: "partial.zip", missing: ["b.txt", "trip/c.txt"], missingTotal: 4, filesTotal: 7, filesDone: 7 };
    const failed = { ...job, archiveId: "2", name: "failed.zip", status: "failed", error: "none of the files exists any more" };
    const expired = { ...job, archiveId: "3", name: "expired.zip", status: "expired" };
    await route.fulfill({ response: answer, json: [partial, failed, expired] });
  });
  await box(page, "a.txt").click();
  await page.getByRole("button", { name: "Download as zip" }).click();
  await page.getByRole("article", { name: "Archive a.txt.zip" }).getByText("Ready").waitFor();
  await visit(page, "Archives");
  const partial = page.getByRole("article", { name: "Archive partial.zip" });
  await partial.getByText("4 files were gone when the zip was made: b.txt, trip/c.txt, and 2 more.").waitFor();
  await partial.getByText(/^3 files, /).waitFor();
  const failed = page.getByRole("article", { name: "Archive failed.zip" });
  await failed.getByText("None of the files exists any more.").waitFor();
  assert.equal(await failed.getByRole("button", { name: /Download/ }).count(), 0);
  await page.getByRole("article", { name: "Archive expired.zip" }).getByText("Its zip was removed on").waitFor();
  await audit(page);
  await picture(page, "archives-mixed");
  await context.close();
});

test("a zip that has expired since is not offered again", async () => {
  const { context, page } = await somebody();
  await box(page, "a.txt").click();
  await page.getByRole("button", { name: "Download as zip" }).click();
  const card = page.getByRole("article", { name: "Archive a.txt.zip" });
  await card.getByText("Ready").waitFor();
  // What the API answers a day later.
  const problem = { type: "urn:notewarden:problem:gone", title: "Gone", status: 410, detail: "the archive has expired" };
  await changing(page, () => ({ status: "expired" }));
  await page.route("**/archives/*download*", (route) => route.fulfill({ status: 410, contentType: "application/problem+json", json: problem }));
  await card.getByRole("button", { name: "Download a.txt.zip" }).click();
  await card.getByRole("alert").getByText("The archive has expired, and its zip is gone.").waitFor();
  await card.getByText("Expired", { exact: true }).waitFor();
  assert.equal(await card.getByRole("button", { name: /Download/ }).count(), 0);
  await context.close();
});

test("more than an archive may hold is refused in words", async () => {
  const { context, page } = await somebody();
  await addFiles(page, Array.from({ length: 6 }, (_, number) => ({ name: `${number}.txt` })));
  await page.getByRole("checkbox", { name: "Select all" }).click();
  await page.getByRole("button", { name: "Download as zip" }).click();
  await page.getByRole("alert").getByText("An archive must select at most 8 files, and selects 9.").waitFor();
  await audit(page);
  await picture(page, "archive-refused");
  await context.close();
});

test("one archive too many at once is refused in words", async () => {
  const { context, page } = await somebody();
  // The worker is faster than anybody can ask for another, so the refusal is put in the answer's place.
  const problem = { type: "urn:notewarden:problem:too-many-archives", title: "Too many archives under way", status: 429 };
  await page.route("**/archives", async (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    await route.fulfill({ status: 429, contentType: "application/problem+json", json: problem });
  });
  await box(page, "a.txt").click();
  await page.getByRole("button", { name: "Download as zip" }).click();
  await page.getByRole("alert").getByText("As many of your archives as may be at once are still being made.").waitFor();
  // What was chosen is still chosen, to be tried again.
  assert.ok(await box(page, "a.txt").isChecked());
  await context.close();
});

test("nobody downloads another's archive", async () => {
  const alice = await somebody();
  await box(alice.page, "a.txt").click();
  const asked = alice.page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/archives"));
  await alice.page.getByRole("button", { name: "Download as zip" }).click();
  const { archiveId } = await (await asked).json();
  await alice.page.getByRole("article", { name: "Archive a.txt.zip" }).getByText("Ready").waitFor();

  const bob = await somebody();
  await visit(bob.page, "Archives");
  await bob.page.getByRole("heading", { name: "No archives" }).waitFor();
  // Her job in his list, as if somebody had told him of it.
  await bob.page.route("**/archives?*", async (route) => {
    const answer = await route.fetch();
    const job = { archiveId, status: "ready", name: "hers.zip", filesTotal: 1, filesDone: 1, bytesTotal: 5, bytesDone: 5, missing: [], missingTotal: 0, createdAt: 0, expiresAt: 0 };
    await route.fulfill({ response: answer, json: [job] });
  });
  await bob.page.reload();
  const card = bob.page.getByRole("article", { name: "Archive hers.zip" });
  await card.getByRole("button", { name: "Download hers.zip" }).click();
  await card.getByRole("alert").getByText("The archive does not exist.").waitFor();
  await alice.context.close();
  await bob.context.close();
});
