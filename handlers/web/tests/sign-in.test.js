// Ways in and out, by the forms.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";

import { newName, open, PASSWORD, picture, signIn, signUp, startBrowser, startServer, totp } from "./world.js";
import { audit } from "./audit.js";

let server, browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

test("sign-up, reload, sign-out, a wrong password, sign-in", async () => {
  const name = newName();
  const { context, page, complaints } = await open(browser, server);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await audit(page);
  await picture(page, "sign-in");
  await signUp(page, server, name);
  await page.reload();
  await page.getByRole("heading", { name: "Notes" }).waitFor();
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await signIn(page, name, "Wrong-Passw0rd!");
  await page.getByRole("alert").getByText("Incorrect username or password.").waitFor();
  await audit(page);
  await signIn(page, name);
  // Where somebody was is where they are again.
  await page.getByRole("heading", { name: "Account" }).waitFor();
  assert.match(page.url(), /\/app\/account$/);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a forgotten password", async () => {
  const name = newName();
  const { context, page } = await open(browser, server);
  await signUp(page, server, name);
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("button", { name: "Forgot your password?" }).click();
  await page.getByLabel("E-mail address").fill(name);
  await page.getByRole("button", { name: "Send the code" }).click();
  await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
  await audit(page);
  await page.getByLabel("Code").fill(await server.codeFor(name));
  await page.getByLabel("New password").fill("An0ther-Passw0rd!");
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByRole("status").getByText("Your password is changed.").waitFor();
  await signIn(page, name, "An0ther-Passw0rd!");
  await page.getByRole("heading", { name: "Account" }).waitFor();
  await context.close();
});

test("an administrator's user chooses a password of their own", async () => {
  const name = newName();
  const user = (...args) => execFileSync(server.binary, ["user", "--data-dir", server.dataDir, ...args]);
  user("add", name);
  user("set-password", name, "--password", PASSWORD, "--temporary");
  const { context, page } = await open(browser, server);
  await signIn(page, name, PASSWORD);
  await page.getByRole("heading", { name: "Choose your password" }).waitFor();
  await audit(page);
  await page.getByLabel("New password").fill("My-0wn-Passw0rd");
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByRole("heading", { name: "Notes" }).waitFor();
  await context.close();
});

test("an authenticator as second factor, and the end of every session", async () => {
  const name = newName();
  const first = await open(browser, server);
  await signUp(first.page, server, name);
  await first.page.getByRole("link", { name: "Account" }).click();
  await first.page.getByRole("button", { name: "Set up an authenticator" }).click();
  await first.page.getByRole("img", { name: /QR code/ }).waitFor();
  await audit(first.page);
  await picture(first.page, "authenticator");
  const secret = await first.page.getByTestId("totp-secret").textContent();
  await first.page.getByLabel("Code").fill(totp(secret));
  await first.page.getByRole("button", { name: "Check the code" }).click();
  await first.page.getByText("Your authenticator is set up.").waitFor();

  const second = await open(browser, server);
  await signIn(second.page, name);
  await second.page.getByRole("heading", { name: "One more step" }).waitFor();
  await audit(second.page);
  // A code counts once: the next one is taken.
  await second.page.getByLabel("Code").fill(totp(secret, Date.now() + 30_000));
  await second.page.getByRole("button", { name: "Sign in" }).click();
  await second.page.getByRole("heading", { name: "Notes" }).waitFor();

  await second.page.getByRole("link", { name: "Account" }).click();
  await second.page.getByRole("button", { name: "Sign out everywhere" }).click();
  await second.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await first.context.close();
  await second.context.close();
});
