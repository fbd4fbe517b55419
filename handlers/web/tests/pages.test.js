// What holds for every page: nothing jumps while it loads, it fits a phone, and a lost network or an ended session is
// told as what it is.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";

import { audit } from "./audit.js";
import { addFiles, credentialsOf, newName, open, painting, picture, send, signIn, signUp, startBrowser, startServer, visit, write } from "./world.js";

const PAGES = ["Notes", "Files", "Archives", "API keys", "Account"];

let server, browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

/** Somebody with something on every page. */
async function furnished(options) {
  const name = newName();
  const opened = await open(browser, server, options);
  await signUp(opened.page, server, name);
  const person = await credentialsOf(server, name);
  for (const content of ["# Packing\n\n- tent\n- stove", "# Reading list\n\nOne book at a time."]) await send(server, person, "POST", "/notes", { content });
  await visit(opened.page, "Files");
  await addFiles(opened.page, [{ name: "a rather long name for a file that has to fit a phone.txt" }, { name: "harbour.png", type: "image/png", buffer: painting("harbour") }]);
  const made = await send(server, person, "POST", "/archives", { files: ["harbour.png"], name: "trip.zip" });
  assert.equal(made.status, 202);
  await send(server, person, "POST", "/api-keys", { name: "Backup script", scopes: ["notes:read", "files:read", "files:write"] });
  return { ...opened, name };
}

/** The page once all that it asks for has arrived. */
const settled = (page) => page.waitForFunction(() => !document.querySelector("[aria-busy=true]") && document.querySelector("h1"));

test("nothing jumps while a page loads, in either width", async () => {
  for (const viewport of [{ width: 1200, height: 800 }, { width: 375, height: 700 }]) {
    const { context, page } = await furnished({ viewport });
    await page.addInitScript(() => {
      window.shifts = [];
      const observer = new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)));
      observer.observe({ type: "layout-shift", buffered: true });
    });
    for (const name of PAGES) {
      await visit(page, name);
      await page.reload();
      await settled(page);
      await page.waitForLoadState("networkidle");
      const shift = await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.shifts.reduce((sum, value) => sum + value, 0))))));
      assert.ok(shift < 0.1, `${name} at ${viewport.width}: ${shift}`);
    }
    await context.close();
  }
});

test("every page fits a phone, and can be used by everybody", async () => {
  const { context, page, complaints } = await furnished({ viewport: { width: 375, height: 700 } });
  for (const name of PAGES) {
    await visit(page, name);
    await settled(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `${name}: ${overflow} px are out of reach`);
    await audit(page);
    await picture(page, `phone-${name.toLowerCase().replace(" ", "-")}`);
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test("without a network every page says so, and goes on when it is back", async () => {
  const { context, page } = await furnished();
  for (const name of PAGES) await visit(page, name);
  await context.setOffline(true);
  await page.getByText("You are offline.").waitFor();
  for (const name of PAGES) {
    await visit(page, name);
    await page.getByRole("alert").getByText("The server cannot be reached.").waitFor();
    await audit(page);
  }
  await visit(page, "Files");
  await page.getByRole("alert").getByText("The server cannot be reached.").waitFor();
  await picture(page, "offline");
  await context.setOffline(false);
  await page.getByText("You are offline.").waitFor({ state: "detached" });
  for (const name of PAGES) {
    await visit(page, name);
    await settled(page);
    assert.equal(await page.getByRole("alert").count(), 0);
  }
  await context.close();
});

test("signing out everywhere ends a session of another device when its tokens do", async () => {
  const name = newName();
  const [first, second] = [await open(browser, server), await open(browser, server)];
  await first.page.clock.install();
  await signUp(first.page, server, name);
  await write(first.page, "still here");
  await signIn(second.page, name);
  await visit(second.page, "Account");
  await second.page.getByRole("button", { name: "Sign out everywhere" }).click();
  await second.page.getByRole("heading", { name: "Sign in" }).waitFor();

  // An hour later the tokens of the first device are over, and the pool refuses to renew them.
  await first.page.clock.fastForward("01:01:00");
  const refused = first.page.waitForResponse((answer) => answer.request().method() === "POST" && answer.status() === 400);
  await first.page.getByLabel("Note text, in Markdown").fill("typed too late");
  await refused;
  await first.page.getByRole("alert").getByText("Your session has ended and the last changes are not saved.").waitFor();
  await audit(first.page);
  await first.page.getByRole("button", { name: "sign in again" }).click();
  await first.page.getByText("Your session has ended.").waitFor();
  await audit(first.page);
  await picture(first.page, "session-ended");
  // The same place again; the server's hour has not passed, and it takes no signatures of a later one.
  await first.page.clock.setSystemTime(Date.now());
  await signIn(first.page, name);
  await first.page.getByLabel("Note text, in Markdown").waitFor();
  assert.equal(await first.page.getByLabel("Note text, in Markdown").inputValue(), "still here");
  await first.context.close();
  await second.context.close();
});

test("credentials that were taken back are no good on any page", async () => {
  for (const page of PAGES.slice(1)) {
    const name = newName();
    const opened = await open(browser, server);
    await signUp(opened.page, server, name);
    execFileSync(server.binary, ["user", "--data-dir", server.dataDir, "delete", name]);
    await opened.page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: page }).click();
    await opened.page.getByText("Your session has ended.").waitFor();
    await opened.context.close();
  }
});
