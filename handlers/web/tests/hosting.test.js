// The same build away from the server: hosted at another origin as `infra/client.yaml` has it, and out of a release
// archive.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";

import { addFiles, newName, open, painting, signUp, startBrowser, startServer, startUnpacked, visit, write } from "./world.js";

const TEMPLATE = readFileSync(fileURLToPath(new URL("../../../infra/client.yaml", import.meta.url)), "utf8");
const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml" };

let server, browser, folder, site;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
  folder = mkdtempSync(join(tmpdir(), "notewarden-site-"));
});
after(async () => {
  await browser?.close();
  await new Promise((done) => (site ? site.close(done) : done()));
  rmSync(folder, { recursive: true });
  assert.equal(await server?.stop(), 0);
});

/** Serves what `cargo xtask client` wrote, by the function and with the policy of the template. */
async function host() {
  const [, code] = /FunctionCode: \|\n((?: {8}.*\n|\n)+)/.exec(TEMPLATE);
  const handler = runInNewContext(`${code}; handler`);
  const [{ ParameterValue }] = JSON.parse(readFileSync(join(folder, "parameters.json"), "utf8"));
  const policy = /ContentSecurityPolicy: !Sub "([^"]*)"/.exec(TEMPLATE)[1].replace("${ConnectSources}", ParameterValue);
  site = createServer((request, answer) => {
    const led = handler({ request: { uri: new URL(request.url, "http://site").pathname } });
    answer.setHeader("content-security-policy", policy);
    answer.setHeader("cross-origin-opener-policy", "same-origin");
    if (led.statusCode) return answer.writeHead(led.statusCode, { location: led.headers.location.value }).end();
    try {
      const content = readFileSync(join(folder, "site", led.uri));
      answer.writeHead(200, { "content-type": TYPES[extname(led.uri)] }).end(content);
    } catch {
      answer.writeHead(403).end();
    }
  });
  await new Promise((done) => site.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${site.address().port}`;
}

test("hosted at another origin, it calls the deployment that its configuration names", async () => {
  const xtask = process.env.NOTEWARDEN_XTASK;
  assert.ok(xtask, "NOTEWARDEN_XTASK must name the program that writes the configuration");
  execFileSync(xtask, ["client", "--outputs", join(server.dataDir, "outputs.json"), "--to", folder], { stdio: "pipe" });
  const address = await host();
  const elsewhere = { ...server, outputs: { ...server.outputs, Endpoint: address } };
  const { context, page, complaints } = await open(browser, elsewhere);
  await signUp(page, server, newName());
  await write(page, "# From elsewhere");
  await page.reload();
  await page.getByLabel("Note text, in Markdown").waitFor();
  await visit(page, "Files");
  await addFiles(page, [{ name: "harbour.png", type: "image/png", buffer: painting("harbour") }, { name: "a.txt" }]);
  await page.locator(".thumbnail img").waitFor();
  const one = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download a.txt" }).click();
  assert.equal(readFileSync(await (await one).path(), "utf8"), "a.txt");
  await page.getByRole("checkbox", { name: "Select all" }).click();
  await page.getByRole("button", { name: "Download as zip" }).click();
  const all = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download files.zip" }).click();
  assert.equal((await all).suggestedFilename(), "files.zip");
  assert.equal(new URL(page.url()).origin, address);

  // Whatever else the page would call is not called.
  const refused = await page.evaluate(() => fetch("http://127.0.0.1:9/").catch((error) => error.name));
  assert.equal(refused, "TypeError");
  assert.match(complaints.splice(0).join(), /Content Security Policy/);
  await context.close();
});

test("the site has the client and nothing of the local server's console", () => {
  const config = JSON.parse(readFileSync(join(folder, "site", "config.json"), "utf8"));
  assert.equal(config.userPool, server.outputs.UserPool);
  assert.throws(() => readFileSync(join(folder, "site", "app", "console.html")), { code: "ENOENT" });
});

test("an unpacked release serves the client that is in it", async () => {
  const release = process.env.NOTEWARDEN_RELEASE;
  assert.ok(release, "NOTEWARDEN_RELEASE must name the folder of an unpacked release");
  const unpacked = await startUnpacked(join(release, "notewarden"));
  // It is this folder's, and not one that was built in the source tree.
  writeFileSync(join(release, "web", "here.txt"), "here");
  assert.equal(await (await fetch(`${unpacked.outputs.Endpoint}/app/here.txt`)).text(), "here");
  const { context, page } = await open(browser, unpacked);
  await signUp(page, unpacked, newName());
  await write(page, "# Out of an archive");
  await context.close();
  assert.equal(await unpacked.stop(), 0);
});
