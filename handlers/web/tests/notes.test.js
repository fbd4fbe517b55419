// Notes in the browser: written, found again, merged, deleted and not deleted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { audit } from "./audit.js";
import { credentialsOf, newName, open, picture, send, signIn, signUp, startBrowser, startServer, write } from "./world.js";

let server, browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

const editor = (page) => page.getByLabel("Note text, in Markdown");

test("a note is written, previewed without running anything, and found again", async () => {
  const { context, page, complaints } = await open(browser, server);
  await signUp(page, server, newName());
  await page.getByText("Nothing written yet").waitFor();
  await audit(page);
  await picture(page, "empty");
  await write(page, "# Bread\n\n- [x] flour\n- [ ] water\n\n> slowly\n\n<script>document.title = 'pwned'</script><img src=x onerror=\"document.title = 'pwned'\">[x](javascript:alert(1))");
  const preview = page.getByRole("article", { name: "Preview" });
  await preview.getByRole("heading", { name: "Bread" }).waitFor();
  assert.equal(await preview.locator("script, img, [href^=javascript]").count(), 0);
  assert.equal(await page.title(), "Bread · Notewarden");
  await audit(page);
  await picture(page, "editor");
  await page.reload();
  await editor(page).waitFor();
  assert.match(await editor(page).inputValue(), /^# Bread/);
  await page.goBack();
  await page.getByRole("heading", { name: "Bread" }).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("the list goes on as far as there are notes", async () => {
  const name = newName();
  const { context, page } = await open(browser, server, { viewport: { width: 1200, height: 600 } });
  await signUp(page, server, name);
  const texts = ["# Seeds to order", "# Call the plumber\n\nBefore Friday.", "# Reading list\n\nOne book at a time.", "# Packing\n\n- tent\n- stove"];
  const person = await credentialsOf(server, name);
  for (let number = 0; number < 65; number += 1) {
    const content = texts[64 - number] ?? `# Note ${number}`;
    assert.equal((await send(server, person, "POST", "/notes", { content })).status, 201);
  }
  await page.reload();
  const cards = page.getByRole("main").getByRole("listitem");
  await page.getByRole("heading", { name: "Seeds to order" }).waitFor();
  await audit(page);
  await picture(page, "notes");
  assert.ok((await cards.count()) < 65);
  const last = page.getByRole("heading", { name: "Note 0", exact: true });
  for (let wheels = 0; wheels < 100 && !(await last.isVisible()); wheels += 1) {
    await page.mouse.wheel(0, 2_000);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
  await last.waitFor();
  assert.equal(await cards.count(), 65);
  await context.close();
});

test("two tabs of one person lose nothing", async () => {
  const name = newName();
  const first = await open(browser, server);
  await signUp(first.page, server, name);
  await write(first.page, "shared");
  const path = new URL(first.page.url()).pathname;
  const second = await open(browser, server, { path });
  await signIn(second.page, name);
  await editor(second.page).waitFor();

  await editor(first.page).fill("from the first");
  await first.page.getByRole("status").getByText("Saved").waitFor();
  await editor(second.page).fill("from the second");
  await second.page.getByRole("heading", { name: "The note was changed elsewhere" }).waitFor();
  await audit(second.page);
  await picture(second.page, "merge");
  assert.match(await second.page.getByLabel("Yours").inputValue(), /from the second/);
  assert.match(await second.page.getByLabel("The other").inputValue(), /from the first/);
  await second.page.getByRole("button", { name: "Save this" }).click();
  await second.page.getByRole("status").getByText("Saved").waitFor();
  await first.page.reload();
  await editor(first.page).waitFor();
  assert.equal(await editor(first.page).inputValue(), "from the first\n\nfrom the second");
  await first.context.close();
  await second.context.close();
});

test("a deleted note comes back if that is undone, and not otherwise", async () => {
  const { context, page } = await open(browser, server);
  await signUp(page, server, newName());
  await write(page, "# Kept");
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByText("The note is deleted.").waitFor();
  assert.equal(await page.getByRole("heading", { name: "Kept" }).count(), 0);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("heading", { name: "Kept" }).click();
  await editor(page).waitFor();
  const address = page.url();
  const deleted = page.waitForResponse((answer) => answer.request().method() === "DELETE");
  await page.getByRole("button", { name: "Delete" }).click();
  assert.equal((await deleted).status(), 204);
  await page.goto(address);
  await page.getByRole("heading", { name: "There is no such note" }).waitFor();
  await audit(page);
  await context.close();
});

test("two people side by side see nothing of each other", async () => {
  const [alice, bob] = await Promise.all([open(browser, server), open(browser, server)]);
  await signUp(alice.page, server, newName());
  await signUp(bob.page, server, newName());
  await write(alice.page, "# Alice's own");
  const { pathname } = new URL(alice.page.url());
  await bob.page.reload();
  await bob.page.getByText("Nothing written yet").waitFor();
  // A link to her note, followed within his session.
  await bob.page.goto(server.outputs.Endpoint + pathname);
  await bob.page.getByRole("heading", { name: "There is no such note" }).waitFor();
  await alice.context.close();
  await bob.context.close();
});

test("offline, what is typed stays and is saved once the network is back", async () => {
  const { context, page } = await open(browser, server);
  await signUp(page, server, newName());
  await write(page, "before");
  await context.setOffline(true);
  await editor(page).fill("meanwhile");
  await page.getByRole("alert").getByText("cannot be reached").waitFor();
  await audit(page);
  await context.setOffline(false);
  await page.getByRole("status").getByText("Saved").waitFor();
  await page.reload();
  await editor(page).waitFor();
  assert.equal(await editor(page).inputValue(), "meanwhile");
  await context.close();
});

test("an ended session says so and leads back to the same place", async () => {
  const name = newName();
  const { context, page } = await open(browser, server);
  await signUp(page, server, name);
  await write(page, "still here");
  // The refresh token ends on the server, and the tokens here are gone with a reload.
  await page.evaluate(() => {
    for (const key of Object.keys(sessionStorage)) if (/idToken|accessToken|refreshToken/.test(key)) sessionStorage.removeItem(key);
  });
  await page.reload();
  await signIn(page, name);
  await editor(page).waitFor();
  assert.equal(await editor(page).inputValue(), "still here");
  await context.close();
});

test("on a phone everything fits, and the keyboard reaches it", async () => {
  const { context, page } = await open(browser, server, { viewport: { width: 375, height: 700 } });
  await signUp(page, server, newName());
  await write(page, "# On the way\n\nA_very_long_word_".padEnd(400, "x"));
  await picture(page, "phone");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${overflow} px are out of reach`);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Notes" }).waitFor();
  await context.close();
});

test("the first load has under 250 KB of compressed script", async () => {
  const { context, page } = await open(browser, server);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  const scripts = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.endsWith(".js")));
  assert.ok(scripts.length > 0);
  const { gzipSync } = await import("node:zlib");
  let bytes = 0;
  for (const script of scripts) bytes += gzipSync(Buffer.from(await (await fetch(script)).arrayBuffer())).length;
  console.log(`${scripts.length} scripts, ${(bytes / 1000).toFixed(0)} kB compressed`);
  assert.ok(bytes < 250_000, `${bytes} bytes`);
  await context.close();
});
