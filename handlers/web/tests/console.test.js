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
  await console.page.getByRole("region", { name: "The canonical request to sign" }).waitFor();
  await console.page.getByRole("region", { name: "The string to sign" }).getByText("AWS4-HMAC-SHA256").waitFor();
  await audit(console.page);
  await picture(console.page, "console-signature");

  await console.page.getByRole("link", { name: /Invoke Allowed.*PUT/ }).first().click();
  await console.page.getByText("This statement matches.").waitFor();
  await audit(console.page);
  await picture(console.page, "console-decision");
  // The open page is in the address: a reload shows it again, and back leads to the one before.
  await console.page.reload();
  await console.page.getByText("This statement matches.").waitFor();
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
  // The pattern as it is written, and what it is for this person.
  await evaluation.getByText(/\$\{cognito-identity.amazonaws.com:sub\}.* → .*private\/us-east-1:[0-9a-f-]{36}\//).first().waitFor();
  await audit(page);
  await picture(page, "console-denied");
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
  await audit(page);
  await picture(page, "console-outputs");
  assert.deepEqual(complaints, []);
  await context.close();
});
