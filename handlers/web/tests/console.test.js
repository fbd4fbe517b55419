// The console: what was decided, as it is decided, and why.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

import { audit } from "./audit.js";
import { credentialsOf, newName, open, picture, send, signUp, startBrowser, startServer, write } from "./world.js";

let server, browser;
const name = newName();
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

test("decisions appear as they are made, and open to their evaluation", async () => {
  const console = await open(browser, server, { path: "/_local/" });
  await console.page.getByRole("status").getByText("Live").waitFor();
  const client = await open(browser, server);
  await signUp(client.page, server, name);
  await write(client.page, "# Seen by the console");
  await console.page.getByRole("link", { name: /Invoke Allowed.*PUT/ }).first().waitFor();

  const person = await credentialsOf(server, name);
  assert.equal((await send(server, { ...person, secretAccessKey: "wrong" }, "GET", "/notes")).status, 403);
  await console.page.getByRole("link", { name: /Refused/ }).first().click();
  // A wrong secret is no mistake that can be named, and there is nothing to put beside what should have been signed.
  await console.page.getByText("no known mistake gives the client's signature").waitFor();
  await console.page.getByRole("region", { name: "The canonical request" }).waitFor();
  await console.page.getByRole("region", { name: "The string to sign" }).getByText("AWS4-HMAC-SHA256").waitFor();

  await console.page.getByRole("link", { name: /Invoke Allowed.*PUT/ }).first().click();
  const policy = console.page.getByRole("region", { name: "Policy of the role: Api" });
  await policy.getByText("This statement decides: it allows it.").waitFor();
  await policy.getByText(/template.yaml, line \d+/).waitFor();
  assert.match(await policy.locator("mark").innerText(), /"Sid": "CallTheApi"/);
  await audit(console.page);
  await picture(console.page, "console-decision");
  // The open page is in the address: a reload shows it again, and back leads to the one before.
  await console.page.reload();
  await policy.getByText("This statement decides").waitFor();
  await console.page.goBack();
  await console.page.getByRole("region", { name: "The string to sign" }).waitFor();
  assert.deepEqual(console.complaints, []);
  await client.context.close();
  await console.context.close();
});

test("a denial shows how far each statement goes, with its variables replaced", async () => {
  const { context, page, complaints } = await open(browser, server, { path: "/_local/" });
  await page.getByRole("status").getByText("Live").waitFor();
  const { Bucket, Endpoint, Region } = server.outputs;
  const credentials = await credentialsOf(server, name);
  const s3 = new S3Client({ endpoint: Endpoint, region: Region, forcePathStyle: true, credentials });
  const command = new PutObjectCommand({ Bucket, Key: "private/us-east-1:somebody-else/x", Body: "x" });
  await assert.rejects(s3.send(command), { name: "AccessDenied" });
  await page.getByRole("link", { name: /s3:PutObject Implicitly Denied/ }).click();
  const evaluation = page.getByRole("region", { name: "The evaluation" });
  await evaluation.getByRole("region", { name: "Policy of the resource: BucketPolicy" }).getByText("Does not apply.").waitFor();
  assert.match(await evaluation.locator(".line.missed").first().innerText(), /"Resource":/);
  // The pattern as it is written, and what it is for this person.
  await evaluation.getByText(/\$\{cognito-identity.amazonaws.com:sub\}.* → .*private\/us-east-1:[0-9a-f-]{36}\//).first().waitFor();
  await audit(page);
  await picture(page, "console-denied");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a mistake in signing is named, and what was signed stands beside what should have been", async () => {
  const { context, page, complaints } = await open(browser, server, { path: "/_local/" });
  await page.getByRole("status").getByText("Live").waitFor();
  // Signed without the query that is sent.
  const person = await credentialsOf(server, name);
  const answer = await send(server, person, "GET", "/notes", undefined, "?limit=2");
  assert.equal(answer.status, 403);
  await page.locator(`a[href="#decisions/${answer.headers.get("x-amzn-requestid")}"]`).click();
  await page.getByText("the client signed no query").waitFor();
  const request = page.getByRole("region", { name: "The canonical request" });
  const theirs = request.getByRole("figure", { name: "What the client signed" });
  assert.equal(await request.getByRole("figure", { name: "To be signed" }).locator("mark").innerText(), "limit=2");
  assert.equal(await theirs.locator("mark").innerText(), "(nothing)");
  for (const secret of [person.secretAccessKey, person.sessionToken]) assert.ok(!(await page.content()).includes(secret));
  await audit(page);
  await picture(page, "console-signature");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("users are listed, and one opens to their identity, sign-ins and commands", async () => {
  const { context, page, complaints } = await open(browser, server, { path: "/_local/", permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("link", { name: "Users" }).click();
  const row = page.getByRole("row", { name: new RegExp(name) });
  await row.getByRole("cell", { name: "confirmed" }).waitFor();
  await audit(page);
  await picture(page, "console-users");
  await row.getByRole("link").click();
  await page.getByRole("region", { name: "The identity" }).getByText(/us-east-1:[0-9a-f-]{36}/).waitFor();
  await page.getByRole("region", { name: "Sign-ins" }).getByRole("cell", { name: "valid" }).first().waitFor();
  await page.getByRole("button", { name: "Copy “Disable”" }).click();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^aws cognito-idp admin-disable-user --user-pool-id us-east-1_\w+ --username [0-9a-f-]{36}$/);
  await audit(page);
  await picture(page, "console-user");
  await page.goBack();
  await row.waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a policy is edited, its mistakes are told at their place, and decisions that would flip are shown", async () => {
  const { context, page, complaints } = await open(browser, server, { path: "/_local/#playground", permissions: ["clipboard-read", "clipboard-write"] });
  const replay = page.getByRole("button", { name: "Replay the last decisions" });
  const folder = page.getByLabel("OwnFolder", { exact: false }).and(page.getByRole("textbox"));
  await replay.click();
  await page.getByRole("status").getByText(/None of the last \d+ decisions/).waitFor();
  const written = await folder.inputValue();

  await folder.fill(written.replace("Effect: Allow", "Effect: Permit"));
  await replay.click();
  await page.getByText("must be `Allow` or `Deny`, not `Permit`").waitFor();
  await audit(page);
  await picture(page, "console-playground-mistake");
  await page.getByRole("button", { name: /Line \d+, column \d+/ }).click();
  assert.ok(await folder.evaluate((field) => field === document.activeElement && field.value.slice(field.selectionStart).startsWith("Permit")));

  // Everybody's folder: the denial of before would be none.
  await folder.fill(written.replace("/${!cognito-identity.amazonaws.com:sub}/*", "/*"));
  await replay.click();
  await page.getByRole("status").getByText(/\d+ of the last \d+ decisions would be another/).waitFor();
  await page.getByRole("link", { name: /s3:PutObject Implicitly Denied becomes Allowed/ }).waitFor();
  await audit(page);
  await picture(page, "console-playground");
  await page.getByRole("button", { name: "Copy the policy OwnFolder" }).click();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /private\/\*"/);
  await page.getByRole("button", { name: "Undo the changes of OwnFolder" }).click();
  assert.equal(await folder.inputValue(), written);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("codes and outputs are there to be copied", async () => {
  const { context, page, complaints } = await open(browser, server, { path: "/_local/", permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("link", { name: "Inbox" }).click();
  await page.getByRole("cell", { name: new RegExp(await server.codeFor(name)) }).waitFor();
  await audit(page);
  await picture(page, "console-inbox");
  await page.getByRole("button", { name: `Copy the code for ${name}` }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await server.codeFor(name));
  await page.getByRole("link", { name: "Outputs" }).click();
  await page.getByRole("cell", { name: server.outputs.UserPool, exact: true }).waitFor();
  await page.getByRole("button", { name: "Copy “Sign up”" }).click();
  assert.ok((await page.evaluate(() => navigator.clipboard.readText())).includes(`--client-id ${server.outputs.UserPoolClient} `));
  await audit(page);
  await picture(page, "console-outputs");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("every page of the console fits a phone, and nothing on it jumps", async () => {
  const { context, page, complaints } = await open(browser, server, { path: "/_local/", viewport: { width: 375, height: 700 } });
  await page.addInitScript(() => {
    window.shifts = [];
    const observer = new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)));
    observer.observe({ type: "layout-shift", buffered: true });
  });
  await page.getByRole("link", { name: /Implicitly Denied/ }).first().click();
  const places = [new URL(page.url()).hash, "#inbox", "#users", "#playground", "#outputs"];
  for (const place of places) {
    await page.goto(`${server.outputs.Endpoint}/_local/${place}`);
    await page.reload();
    await page.getByText("Reading…").waitFor({ state: "detached" });
    await page.getByRole(place === "#users" ? "row" : "button").first().waitFor();
    const [overflow, shift] = await page.evaluate(() => [document.documentElement.scrollWidth - document.documentElement.clientWidth, window.shifts.reduce((sum, value) => sum + value, 0)]);
    assert.ok(overflow <= 0, `${place}: ${overflow} px are out of reach`);
    assert.ok(shift < 0.1, `${place}: ${shift}`);
    await audit(page);
    await picture(page, `console-phone-${place.slice(1).split("/")[0]}`);
  }
  assert.deepEqual(complaints, []);
  await context.close();
});
