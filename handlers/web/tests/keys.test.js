// API keys: made, shown once, used, taken back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { audit } from "./audit.js";
import { credentialsOf, newName, open, picture, send, signUp, startBrowser, startServer, visit, write } from "./world.js";

let server, browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

const dialog = (page) => page.getByRole("dialog");

test("a key is made, shown once, copied, used and revoked", async () => {
  const { context, page, complaints } = await open(browser, server, { permissions: ["clipboard-read", "clipboard-write"] });
  await signUp(page, server, newName());
  await write(page, "# For a script");
  await visit(page, "API keys");
  await page.getByRole("heading", { name: "No keys" }).waitFor();
  await audit(page);
  await page.getByRole("button", { name: "New key" }).click();
  await dialog(page).getByLabel("Name").fill("Backup script");
  await dialog(page).getByLabel("Notes: read").uncheck();
  await dialog(page).getByRole("button", { name: "Make the key" }).click();
  await dialog(page).getByRole("alert").getByText("Choose what the key allows.").waitFor();
  await audit(page);
  await picture(page, "key-new");
  await dialog(page).getByLabel("Notes: read").check();
  await dialog(page).getByLabel("Files: read").check();
  await dialog(page).getByLabel("Good for").selectOption("A month");
  await dialog(page).getByRole("button", { name: "Make the key" }).click();

  await dialog(page).getByRole("heading", { name: "The key “Backup script”" }).waitFor();
  await audit(page);
  const secret = await page.getByTestId("secret").textContent();
  await page.getByTestId("secret").evaluate((shown) => (shown.textContent = shown.textContent.replace(/_[0-9a-f]{72}$/, `_${"0".repeat(72)}`)));
  await picture(page, "key-secret");
  await dialog(page).getByRole("button", { name: "Copy the key" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
  await dialog(page).getByRole("button", { name: "I have put it away" }).click();
  await dialog(page).waitFor({ state: "detached" });

  const ask = (path, method = "GET") => fetch(server.outputs.Api + path, { method, headers: { "x-api-key": secret } });
  assert.equal((await (await ask("/notes")).json()).length, 1);
  assert.equal((await ask("/archives")).status, 403);
  await page.reload();
  const key = page.getByRole("main").getByRole("listitem");
  await key.getByText("Notes: read · Files: read").waitFor();
  assert.equal(await key.getByText("Never").count(), 0);
  assert.equal(await page.getByText(secret).count(), 0);
  await audit(page);
  await picture(page, "keys");

  await page.getByRole("button", { name: "Revoke Backup script" }).click();
  await audit(page);
  await picture(page, "key-revoke");
  await dialog(page).getByRole("button", { name: "Keep it" }).click();
  assert.equal((await ask("/notes")).status, 200);
  await page.getByRole("button", { name: "Revoke Backup script" }).click();
  await dialog(page).getByRole("button", { name: "Revoke it" }).click();
  await page.getByRole("heading", { name: "No keys" }).waitFor();
  assert.equal((await ask("/notes")).status, 403);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("two people side by side see nothing of each other's keys", async () => {
  const [alice, bob] = await Promise.all([open(browser, server), open(browser, server)]);
  await signUp(alice.page, server, newName());
  await signUp(bob.page, server, newName());
  await visit(alice.page, "API keys");
  await alice.page.getByRole("button", { name: "New key" }).click();
  await dialog(alice.page).getByLabel("Name").fill("Hers");
  await dialog(alice.page).getByLabel("Good for").selectOption("Until it is revoked");
  await dialog(alice.page).getByRole("button", { name: "Make the key" }).click();
  await alice.page.getByRole("button", { name: "I have put it away" }).click();
  await alice.page.getByRole("heading", { name: "Hers" }).waitFor();
  await visit(bob.page, "API keys");
  await bob.page.getByRole("heading", { name: "No keys" }).waitFor();
  await alice.context.close();
  await bob.context.close();
});

test("a key too many is refused in words", async () => {
  const name = newName();
  const { context, page } = await open(browser, server);
  await signUp(page, server, name);
  const person = await credentialsOf(server, name);
  const key = (number) => send(server, person, "POST", "/api-keys", { name: `Key ${number}`, scopes: ["notes:read"] });
  let made = 0;
  while ((await key(made)).status === 201) made += 1;
  await visit(page, "API keys");
  await page.getByRole("heading", { name: "Key 0", exact: true }).waitFor();
  assert.equal(await page.getByRole("main").getByRole("listitem").count(), made);
  await page.getByRole("button", { name: "New key" }).click();
  await dialog(page).getByLabel("Name").fill("One more");
  await dialog(page).getByRole("button", { name: "Make the key" }).click();
  await dialog(page).getByRole("alert").getByText(`There are ${made} API keys already: revoke one first.`).waitFor();
  // What was typed is still there.
  assert.equal(await dialog(page).getByLabel("Name").inputValue(), "One more");
  await audit(page);
  await context.close();
});
