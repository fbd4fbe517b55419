// A real server, a real browser, and people in it.
import { execFileSync, spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";

import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { chromium } from "playwright-core";

export const PASSWORD = "Passw0rd!";
const PICTURES = fileURLToPath(new URL("../../../target/web-pictures", import.meta.url));

/** A server of its own data directory, with these options besides. */
export async function startServer(...options) {
  const binary = process.env.NOTEWARDEN_BIN;
  if (!binary) throw new Error("NOTEWARDEN_BIN must name the server's binary");
  return run(binary, ["--web", fileURLToPath(new URL("../dist", import.meta.url)), ...options]);
}

/** A server that finds what it serves by itself. */
export const startUnpacked = (binary) => run(binary, []);

async function run(binary, options) {
  const directory = mkdtempSync(join(tmpdir(), "notewarden-web-"));
  const file = join(directory, "data", "outputs.json");
  const child = spawn(binary, ["serve", "--listen", "127.0.0.1:0", "--data-dir", join(directory, "data"), ...options], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  let exited = null;
  const exit = new Promise((resolve) => child.once("exit", (code) => resolve((exited = code ?? -1))));
  for (let waited = 0; !existsSync(file); waited += 10) {
    if (exited !== null || waited > 60_000) throw new Error("the server did not start");
    await delay(10);
  }
  const outputs = JSON.parse(readFileSync(file, "utf8"));
  return {
    outputs,
    binary,
    dataDir: join(directory, "data"),
    async codeFor(name) {
      const inbox = await (await fetch(`${outputs.Endpoint}/_local/inbox`)).json();
      return inbox.find((mail) => mail.to === name).code;
    },
    async stop() {
      child.kill("SIGTERM");
      const code = await exit;
      rmSync(directory, { recursive: true });
      return code;
    },
  };
}

export const startBrowser = () =>
  chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });

/** Debian's Chromium, or the one that `CHROMIUM` names. */
function chromiumPath() {
  const named = process.env.CHROMIUM ?? "chromium";
  return named.includes("/") ? named : execFileSync("sh", ["-c", 'command -v "$0"', named], { encoding: "utf8" }).trim();
}

/** A person's own window, which notes whatever the page complains of. */
export async function open(browser, server, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
  });
  page.setDefaultTimeout(20_000);
  await page.goto(`${server.outputs.Endpoint}${options.path ?? "/"}`);
  return { context, page, complaints };
}

export const newName = () => `${randomBytes(5).toString("hex")}@example.com`;

/** Signs up by the forms, and ends on the list of notes. */
export async function signUp(page, server, name) {
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByLabel("E-mail address").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Confirm your address" }).waitFor();
  await page.getByLabel("Code").fill(await server.codeFor(name));
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("heading", { name: "Notes" }).waitFor();
}

export async function signIn(page, name, password = PASSWORD) {
  await page.getByLabel("E-mail address").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Goes to a page by the menu, and waits for its title. */
export async function visit(page, name) {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

/** Adds files to the folder that the files' page shows, and waits until they are listed. */
export async function addFiles(page, files) {
  await page.getByLabel("Files to add").setInputFiles(files.map(({ name, text, buffer, type }) => ({ name, mimeType: type ?? "text/plain", buffer: buffer ?? Buffer.from(text ?? name) })));
  for (const { name } of files) await page.getByRole("button", { name: `Download ${name}`, exact: true }).waitFor();
}

/** Writes a note by the editor, and waits until it is saved. */
export async function write(page, text) {
  await page.getByRole("button", { name: "New note" }).click();
  await page.getByLabel("Note text, in Markdown").fill(text);
  await page.getByRole("status").getByText("Saved").waitFor();
}

/** Pictures of the page as it is, in light and dark, kept to be looked at. */
export async function picture(page, name) {
  mkdirSync(PICTURES, { recursive: true });
  for (const colorScheme of ["dark", "light"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`) });
  }
}

/** The six digits that an authenticator shows (RFC 6238). */
export function totp(secret, at = Date.now()) {
  const bits = [...secret].map((char) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function cognito({ outputs }, target, body) {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  const answer = await fetch(outputs.Endpoint, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${target}: ${await answer.text()}`);
  return answer.json();
}

/** The temporary credentials of somebody who has signed up. */
export async function credentialsOf(server, name, password = PASSWORD) {
  const { UserPool, UserPoolClient, IdentityPool, Region } = server.outputs;
  const { AuthenticationResult } = await cognito(server, "AWSCognitoIdentityProviderService.InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: UserPoolClient,
    AuthParameters: { USERNAME: name, PASSWORD: password },
  });
  const Logins = { [`cognito-idp.${Region}.amazonaws.com/${UserPool}`]: AuthenticationResult.IdToken };
  const { IdentityId } = await cognito(server, "AWSCognitoIdentityService.GetId", { IdentityPoolId: IdentityPool, Logins });
  const { Credentials } = await cognito(server, "AWSCognitoIdentityService.GetCredentialsForIdentity", { IdentityId, Logins });
  return { accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretKey, sessionToken: Credentials.SessionToken };
}

/** A signed request to the API; `path` may be outside of what the person may call, and `unsigned` is added to it after. */
export async function send(server, credentials, method, path, body, unsigned = "") {
  const url = new URL(server.outputs.Api + path);
  const signer = new SignatureV4({ service: "execute-api", region: server.outputs.Region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers: { host: url.host, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return fetch(url + unsigned, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
}

/** A small landscape as PNG: light, sky and ground of a colour that the name gives. */
export function painting(name, width = 480, height = 320) {
  const hue = [...name].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) % 360;
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const hill = height * (0.6 + 0.12 * Math.sin(x / 60 + hue) + 0.05 * Math.sin(x / 17));
      const isSun = (x - width * 0.7) ** 2 + (y - height * 0.3) ** 2 < 900;
      const [h, s, l] = isSun ? [45, 0.9, 0.75] : y < hill ? [hue, 0.45, 0.85 - 0.3 * (y / height)] : [(hue + 120) % 360, 0.35, 0.55 - 0.4 * ((y - hill) / height)];
      const at = y * (1 + width * 3) + 1 + x * 3;
      for (const [channel, offset] of [0, 8, 4].entries()) {
        const k = (offset + h / 30) % 12;
        rows[at + channel] = 255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
      }
    }
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
