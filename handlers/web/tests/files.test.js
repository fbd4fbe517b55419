// Files in the browser: attached to notes by dropping and choosing, seen again, and nobody else's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { audit } from "./audit.js";
import { newName, open, picture, signUp, startBrowser, startServer, write } from "./world.js";

// A picture of one pixel.
const PIXEL = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkaPhfDwADRQG/hB7AnwAAAABJRU5ErkJggg==", "base64");

let server, browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

test("files are attached, shown, downloaded and removed, while the note is being written", async () => {
  const { context, page, complaints } = await open(browser, server);
  await signUp(page, server, newName());
  await write(page, "# With files");
  const attachments = page.getByRole("region", { name: "Attachments" });
  await attachments.getByText("Drop files here").waitFor();
  await page.getByLabel("Add files").setInputFiles([
    { name: "pixel.png", mimeType: "image/png", buffer: PIXEL },
    { name: "ünï code.txt", mimeType: "text/plain", buffer: Buffer.from("words") },
  ]);
  await attachments.getByRole("img", { name: "Preview of pixel.png" }).waitFor();
  await attachments.getByRole("button", { name: "Download ünï code.txt" }).waitFor();
  // The files were added at a newer version than the editor knows: no conflict, nothing lost.
  await page.getByLabel("Note text, in Markdown").fill("# With files, and more");
  await page.getByRole("status").getByText("Saved").waitFor();
  await audit(page);
  await attachments.scrollIntoViewIfNeeded();
  await picture(page, "attachments");

  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["<script>document.title = 'pwned'</script>"], "page.html", { type: "text/html" }));
    return transfer;
  });
  await attachments.dispatchEvent("drop", { dataTransfer: dropped });
  const downloading = page.waitForEvent("download");
  await attachments.getByRole("button", { name: "Download page.html" }).click();
  assert.equal((await downloading).suggestedFilename(), "page.html");

  await attachments.getByRole("button", { name: "Remove page.html" }).click();
  await attachments.getByText("page.html").waitFor({ state: "detached" });
  await page.reload();
  await attachments.getByRole("img", { name: "Preview of pixel.png" }).waitFor();
  assert.equal(await attachments.getByRole("listitem").count(), 2);
  assert.equal(await page.getByLabel("Note text, in Markdown").inputValue(), "# With files, and more");

  await page.getByRole("link", { name: "Files" }).click();
  await page.getByRole("link", { name: "notes/" }).click();
  await page.getByRole("main").getByRole("table").getByRole("link").click();
  await page.getByRole("cell", { name: "pixel.png", exact: true }).waitFor();
  await audit(page);
  await picture(page, "files");
  await page.goBack();
  await page.goBack();
  await page.getByRole("link", { name: "notes/" }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("an upload that fails says so and is tried again; one that is cancelled leaves nothing", async () => {
  const { context, page } = await open(browser, server);
  await signUp(page, server, newName());
  await write(page, "# Slow network");
  const attachments = page.getByRole("region", { name: "Attachments" });
  const file = { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("words") };
  const bucket = `**/${server.outputs.Bucket}/**`;

  await page.route(bucket, (route) => route.abort());
  await page.getByLabel("Add files").setInputFiles([file]);
  await attachments.getByRole("alert").getByText("cannot be reached").waitFor();
  await audit(page);
  await page.unroute(bucket);
  await attachments.getByRole("button", { name: "Try a.txt again" }).click();
  await attachments.getByRole("button", { name: "Download a.txt" }).waitFor();

  // Held until the upload has been cancelled.
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route(bucket, async (route) => {
    await held;
    // The page has given it up by then, and the browser may have too.
    await route.abort().catch(() => undefined);
  });
  await page.getByLabel("Add files").setInputFiles([{ ...file, name: "b.txt" }]);
  await attachments.getByRole("progressbar", { name: "Uploading b.txt" }).waitFor();
  await attachments.getByRole("button", { name: "Cancel b.txt" }).click();
  await attachments.getByText("b.txt").waitFor({ state: "detached" });
  release();
  await page.unroute(bucket);
  await page.reload();
  await attachments.getByRole("button", { name: "Download a.txt" }).waitFor();
  assert.equal(await attachments.getByRole("listitem").count(), 1);
  await context.close();
});

test("nobody sees another's files", async () => {
  const { context, page } = await open(browser, server, { path: "/app/files" });
  await page.getByRole("button", { name: "Create an account" }).waitFor();
  const name = newName();
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByLabel("E-mail address").fill(name);
  await page.getByLabel("Password").fill("Passw0rd!");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByLabel("Code").waitFor();
  await page.getByLabel("Code").fill(await server.codeFor(name));
  await page.getByRole("button", { name: "Confirm" }).click();
  // The place that was asked for, and nothing in it.
  await page.getByRole("heading", { name: "No files here" }).waitFor();
  await audit(page);
  await context.close();
});
