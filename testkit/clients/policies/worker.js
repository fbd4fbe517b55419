// Makes a range of cases on a thread of its own.
import { parentPort, workerData } from "node:worker_threads";

import { makeCase } from "./case.js";

const cases = [];
for (let number = workerData.first; number < workerData.last; number++) {
  cases.push(await makeCase(workerData.seed, number));
}
parentPort.postMessage(cases);
