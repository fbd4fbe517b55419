// The account: what it holds of what it may, taken along, and ended.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { audit } from "./audit.js";
import { addFiles, credentialsOf, newName, open, picture, send, signIn, signUp, startBrowser, startServer, visit, write } from "./world.js";

let server, browser;
before(async () => {
  server = await startServer("--max-bytes", "10000", "--max-files", "20");
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

const meter = (page, name) => page.getByRole("meter", { name });

test("usage is told beside the quota, and an export has everything", async () => {
  const { context, page, complaints } = await open(browser, server);
  await signUp(page, server, newName());
  await write(page, "# To take along");
  await visit(page, "Files");
  await addFiles(page, [{ name: "half.bin", buffer: Buffer.alloc(5_000, 1) }]);
  await visit(page, "Account");
  await page.getByText("5.0 kB of 10 kB").waitFor();
  await page.getByText("1 of 20").waitFor();
  await page.getByText(/^1 note, /).waitFor();
  assert.equal(await meter(page, "Space").getAttribute("aria-valuetext"), "5.0 kB of 10 kB");
  await audit(page);
  await picture(page, "account");

  await page.getByRole("button", { name: "Export everything" }).click();
  const card = page.getByRole("article", { name: "Archive export.zip" });
  await card.getByText("Ready").waitFor();
  await audit(page);
  await card.scrollIntoViewIfNeeded();
  await picture(page, "account-export");
  const downloading = page.waitForEvent("download");
  await card.getByRole("button", { name: "Download export.zip" }).click();
  const zip = readFileSync(await (await downloading).path());
  for (const name of ["notes.json", "half.bin"]) assert.ok(zip.includes(name), `${name} is missing`);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("an account almost full is shown as such, and what is too much is refused", async () => {
  const { context, page } = await open(browser, server);
  await signUp(page, server, newName());
  await visit(page, "Files");
  await addFiles(page, [{ name: "most.bin", buffer: Buffer.alloc(9_500, 1) }]);
  await page.getByLabel("Files to add").setInputFiles([{ name: "more.bin", mimeType: "text/plain", buffer: Buffer.alloc(600) }]);
  await page.getByRole("list", { name: "Uploads" }).getByRole("alert").getByText("There is no room left for this").waitFor();
  await visit(page, "Account");
  await page.getByText("9.5 kB of 10 kB").waitFor();
  await audit(page);
  await picture(page, "account-full");
  await context.close();
});

test("an account is deleted once its address is typed, with all that is in it, on every device", async () => {
  const name = newName();
  const first = await open(browser, server);
  await signUp(first.page, server, name);
  await write(first.page, "# Gone soon");
  const second = await open(browser, server, { path: "/app/files" });
  await signIn(second.page, name);
  await second.page.getByRole("heading", { name: "No files here" }).waitFor();
  const person = await credentialsOf(server, name);

  const { page } = first;
  await visit(page, "Account");
  await page.getByText(/^1 note, /).waitFor();
  await page.getByRole("button", { name: "Delete the account…" }).click();
  const dialog = page.getByRole("dialog");
  const end = dialog.getByRole("button", { name: "Delete everything" });
  await dialog.getByText("1 note", { exact: true }).waitFor();
  assert.ok(await end.isDisabled());
  await dialog.getByLabel("Type your e-mail address").fill("somebody@else.com");
  assert.ok(await end.isDisabled());
  await audit(page);
  await picture(page, "account-delete");
  await dialog.getByLabel("Type your e-mail address").fill(name);
  await end.click();
  await page.getByText("Your account is deleted, with all that was in it.").waitFor();
  await audit(page);
  await picture(page, "account-deleted");
  assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => /token/i.test(key))), []);

  // The other device finds out with its next request, and its credentials are good for nothing.
  await visit(second.page, "Archives").catch(() => undefined);
  await second.page.getByText("Your session has ended.").waitFor();
  assert.equal((await send(server, person, "GET", "/notes")).status, 403);
  await signIn(second.page, name);
  await second.page.getByRole("alert").waitFor();
  await first.context.close();
  await second.context.close();
});
