// The files' page: added by choosing and dropping, chosen by keyboard, deleted and not deleted, looked at, downloaded.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { audit } from "./audit.js";
import { addFiles, newName, open, painting, picture, signUp, startBrowser, startServer, visit, write } from "./world.js";

let server, browser;
before(async () => {
  server = await startServer("--max-file-bytes", "30000000", "--max-files", "40");
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

const box = (page, name) => page.getByRole("checkbox", { name: `Select ${name}`, exact: true });
const line = (page, name) => page.getByRole("button", { name: `Download ${name}`, exact: true });

/** Drops files as a file manager does. */
async function drop(page, files) {
  const transfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, text } of files) transfer.items.add(new File([text], name, { type: "text/plain" }));
    return transfer;
  }, files);
  const main = page.getByRole("main");
  await main.dispatchEvent("dragenter", { dataTransfer: transfer });
  await main.dispatchEvent("drop", { dataTransfer: transfer });
}

test("files are dropped, previewed, found in folders and downloaded by their name", async () => {
  const { context, page, complaints } = await open(browser, server);
  await signUp(page, server, newName());
  await visit(page, "Files");
  await page.getByRole("heading", { name: "No files here" }).waitFor();
  await audit(page);
  await picture(page, "files-empty");
  await drop(page, [{ name: "dropped.txt", text: "by a mouse" }]);
  await line(page, "dropped.txt").waitFor();

  await page.getByRole("button", { name: "New folder" }).click();
  await audit(page);
  await page.getByLabel("Name").fill("Summer, 2026");
  await page.getByRole("button", { name: "Open it" }).click();
  await page.getByRole("navigation", { name: "Folders" }).getByText("Summer, 2026").waitFor();
  await addFiles(page, [
    { name: "harbour.png", type: "image/png", buffer: painting("harbour") },
    { name: "meadow.png", type: "image/png", buffer: painting("meadow") },
    { name: "It's (1) ü & 100%+.txt", text: "an awkward name" },
    { name: "route.gpx" },
  ]);
  await page.locator(".thumbnail img").nth(1).waitFor();
  await audit(page);
  await picture(page, "files-folder");

  await page.getByRole("button", { name: "harbour.png", exact: true }).click();
  await page.getByRole("dialog").getByRole("img", { name: "harbour.png" }).waitFor();
  await audit(page);
  await picture(page, "files-preview");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await addFiles(page, [{ name: "no-picture.png", type: "image/png" }]);
  await page.getByRole("button", { name: "no-picture.png", exact: true }).click();
  await page.getByRole("dialog").getByText("This picture cannot be shown.").waitFor();
  await page.getByRole("button", { name: "Close" }).click();

  const downloading = page.waitForEvent("download");
  await line(page, "It's (1) ü & 100%+.txt").click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), "It's (1) ü & 100%+.txt");
  assert.equal(readFileSync(await download.path(), "utf8"), "an awkward name");

  await page.reload();
  await line(page, "route.gpx").waitFor();
  await page.getByRole("link", { name: "All files" }).click();
  await page.getByRole("link", { name: "Summer, 2026/" }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("the keyboard chooses rows, and what is deleted comes back if that is undone", async () => {
  const { context, page, complaints } = await open(browser, server);
  await signUp(page, server, newName());
  await visit(page, "Files");
  await addFiles(page, ["a", "b", "c", "d", "e"].map((name) => ({ name: `${name}.txt` })));
  const said = page.getByRole("region", { name: "The folder's files" }).getByRole("status");

  await box(page, "b.txt").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await said.getByText("3 files selected").waitFor();
  await audit(page);
  await picture(page, "files-selected");
  await page.keyboard.press("Escape");
  await said.getByText("5 files").waitFor();
  await page.keyboard.press("Control+a");
  await said.getByText("5 files selected").waitFor();
  await page.keyboard.press("Escape");
  await box(page, "a.txt").click();
  await box(page, "c.txt").click({ modifiers: ["Shift"] });
  await said.getByText("3 files selected").waitFor();

  await box(page, "c.txt").focus();
  await page.keyboard.press("Delete");
  await page.getByText("3 files are deleted.").waitFor();
  assert.equal(await page.getByRole("row").count(), 3);
  await picture(page, "files-undo");
  await page.getByRole("button", { name: "Undo" }).click();
  await line(page, "b.txt").waitFor();

  // Leaving the page is no undoing.
  await box(page, "a.txt").click();
  const deleted = page.waitForResponse((answer) => answer.request().method() === "DELETE");
  await page.getByRole("button", { name: "Delete" }).click();
  await visit(page, "Notes");
  assert.equal((await deleted).status(), 204);
  await visit(page, "Files");
  await line(page, "b.txt").waitFor();
  assert.equal(await line(page, "a.txt").count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a file that a note uses is kept until somebody insists", async () => {
  const { context, page } = await open(browser, server);
  await signUp(page, server, newName());
  await write(page, "# With a file");
  await page.getByLabel("Add files").setInputFiles([{ name: "used.txt", mimeType: "text/plain", buffer: Buffer.from("x") }]);
  await page.getByRole("button", { name: "Download used.txt" }).waitFor();
  await visit(page, "Files");
  // The folder with all that is in it.
  await box(page, "notes/").click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("The file is deleted.").waitFor();
  await page.getByRole("alert").getByText("“used.txt” is attached to a note, and still here.").waitFor();
  await page.getByRole("link", { name: "notes/" }).waitFor();
  await audit(page);
  await picture(page, "files-in-use");
  await page.getByRole("button", { name: "Delete anyway" }).click();
  await page.getByRole("heading", { name: "No files here" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "No files here" }).waitFor();
  await context.close();
});

test("progress moves also within one part, and a cancelled file is not stored", async () => {
  const { context, page } = await open(browser, server);
  await signUp(page, server, newName());
  await visit(page, "Files");
  // A slow network, on which one part takes a while, and a note of each share that is shown meanwhile.
  const network = await context.newCDPSession(page);
  await network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 800_000 });
  await page.evaluate(() => {
    window.shares = [];
    const observer = new MutationObserver((changes) => window.shares.push(...changes.map(({ target }) => target.value)));
    observer.observe(document.body, { subtree: true, attributeFilter: ["value"] });
  });
  await page.getByLabel("Files to add").setInputFiles([{ name: "film.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(4_500_000, 7) }]);
  await page.getByRole("progressbar", { name: "Uploading film.mp4" }).waitFor();
  await picture(page, "files-upload");
  await line(page, "film.mp4").waitFor();
  const shares = new Set(await page.evaluate(() => window.shares));
  assert.ok([...shares].filter((share) => share > 0 && share < 1).length >= 2, `shares seen: ${[...shares]}`);

  await page.getByLabel("Files to add").setInputFiles([{ name: "long.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(8_000_000, 7) }]);
  await page.getByRole("progressbar", { name: "Uploading long.mp4" }).waitFor();
  await audit(page);
  await page.getByRole("button", { name: "Cancel long.mp4" }).click();
  await page.getByText("long.mp4").waitFor({ state: "detached" });
  await network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.reload();
  await line(page, "film.mp4").waitFor();
  assert.equal(await line(page, "long.mp4").count(), 0);
  await context.close();
});

test("what is too much is refused in words, and the rest arrives", async () => {
  const { context, page } = await open(browser, server);
  await signUp(page, server, newName());
  await visit(page, "Files");
  const uploads = page.getByRole("list", { name: "Uploads" });
  await page.getByLabel("Files to add").setInputFiles([
    { name: "huge.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(30_000_001) },
    { name: "small.txt", mimeType: "text/plain", buffer: Buffer.from("x") },
  ]);
  await line(page, "small.txt").waitFor();
  await uploads.getByRole("alert").getByText("This file is larger than a file may be.").waitFor();
  await page.getByRole("button", { name: "Cancel huge.bin" }).click();
  const many = Array.from({ length: 40 }, (_, number) => ({ name: `${number}.txt`, mimeType: "text/plain", buffer: Buffer.from("x") }));
  await page.getByLabel("Files to add").setInputFiles(many);
  await uploads.getByRole("alert").getByText("There is no room left for this").waitFor();
  assert.equal(await uploads.getByRole("listitem").count(), 1);
  await audit(page);
  await picture(page, "files-over-quota");
  await context.close();
});
