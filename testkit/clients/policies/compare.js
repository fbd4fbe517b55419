// Policy decisions beside those of iam-simulate, on random policies and requests.
//
// node compare.js [--count N] [--seed N] [--case N]: NOTEWARDEN_BIN names the binary. --case prints one case of a seed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

import { makeCase } from "./case.js";
import { explain, reasons } from "./differences.js";

const { values: options } = parseArgs({
  options: { count: { type: "string", default: "20000" }, seed: { type: "string" }, case: { type: "string" } },
});
const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
const binary = process.env.NOTEWARDEN_BIN;
if (!binary) throw new Error("NOTEWARDEN_BIN must name the binary");

// The cases of a seed, each with the verdict of iam-simulate as `expect`, made by as many threads as there are cores.
async function makeCases(count) {
  const threads = availableParallelism();
  const share = Math.ceil(count / threads);
  const parts = Array.from({ length: threads }, (_, index) => {
    const range = { seed, first: index * share, last: Math.min(count, (index + 1) * share) };
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: range });
    return new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  });
  return (await Promise.all(parts)).flat();
}

// AWS attaches this resource control policy at every level; iam-simulate adds it by itself.
const FULL_ACCESS = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] };

function whole({ policies, ...one }) {
  const { resourceControl, ...others } = policies;
  const levels = resourceControl?.map((level) => [...level, FULL_ACCESS]);
  return { ...one, policies: { ...others, ...(levels && { resourceControl: levels }) } };
}

// What Notewarden decides, case by case.
function decide(cases) {
  const folder = mkdtempSync(join(tmpdir(), "notewarden-policies-"));
  const file = join(folder, "cases.jsonl");
  writeFileSync(file, cases.map((one) => `${JSON.stringify(whole(one))}\n`).join(""));
  const run = () => execFileSync(binary, ["policy", "test", "--json", "--cases", file], { maxBuffer: 2 ** 30 });
  let output;
  try {
    output = run();
  } catch (error) {
    // 1 is a difference and 2 a case that it cannot read: both are looked at one by one.
    if (![1, 2].includes(error.status)) throw error;
    output = error.stdout;
  }
  rmSync(folder, { recursive: true });
  const decisions = output.toString().trimEnd().split("\n").map((line) => JSON.parse(line));
  if (decisions.length !== cases.length) throw new Error(`${decisions.length} decisions on ${cases.length} cases`);
  return decisions;
}

if (options.case !== undefined) {
  const one = await makeCase(seed, Number(options.case));
  console.log(JSON.stringify(one, null, 2));
  console.log(decide([one])[0], (await explain(one, decide([one])[0].decision)) ?? "unexplained");
  process.exit();
}

console.log(`seed ${seed}, ${options.count} cases`);
const cases = await makeCases(Number(options.count));
const decisions = decide(cases);
const tally = (items) => items.reduce((counts, item) => ({ ...counts, [item]: (counts[item] ?? 0) + 1 }), {});
console.log("iam-simulate decides", tally(cases.map((one) => one.expect)));

const known = [];
const unknown = [];
for (const [index, { decision, reason }] of decisions.entries()) {
  const one = cases[index];
  if (decision === one.expect) continue;
  const why = await explain(one, decision);
  if (why) known.push(why);
  else unknown.push(`${one.id}: iam-simulate ${one.expect}, Notewarden ${decision}: ${reason}`);
}
for (const [name, count] of Object.entries(tally(known))) {
  console.log(`${count} differ on purpose, ${name}: ${reasons[name] ?? "several of the reasons together"}`);
}
if (unknown.length) {
  console.log(unknown.slice(0, 20).join("\n"));
  console.log(`${unknown.length} differ for no known reason; see one with --seed ${seed} --case N`);
  process.exitCode = 1;
} else {
  console.log(`the other ${cases.length - known.length} are the same`);
}
