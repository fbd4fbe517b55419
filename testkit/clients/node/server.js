// The server under test, started once for a test file.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export const PASSWORD = "Passw0rd!";

export async function startServer(...options) {
  const binary = process.env.NOTEWARDEN_BIN;
  if (!binary) throw new Error("NOTEWARDEN_BIN must name the server's binary");
  const directory = mkdtempSync(join(tmpdir(), "notewarden-node-"));
  const file = join(directory, "data", "outputs.json");
  const data = join(directory, "data");
  const child = spawn(binary, ["serve", "--listen", "127.0.0.1:0", "--data-dir", data, ...options], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  let exited = null;
  const exit = new Promise((resolve) => child.once("exit", (code) => resolve((exited = code ?? -1))));
  // The file's appearance is how readiness is announced.
  for (let waited = 0; !existsSync(file); waited += 10) {
    if (exited !== null || waited > 60_000) throw new Error("the server did not start");
    await delay(10);
  }
  return {
    outputs: JSON.parse(readFileSync(file, "utf8")),
    async stop() {
      child.kill("SIGTERM");
      const code = await exit;
      rmSync(directory, { recursive: true });
      return code;
    },
  };
}

export const newName = () => `${randomBytes(6).toString("hex")}@example.com`;

export async function codeFor({ Endpoint }, name) {
  const inbox = await (await fetch(`${Endpoint}/_local/inbox`)).json();
  return inbox.find((mail) => mail.to === name).code;
}
