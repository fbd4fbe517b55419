// Nanoseconds that iam-simulate takes for a decision on the case on standard input, in the best of several rounds.
import { readFileSync } from "node:fs";

import { runUnsafeSimulation } from "@cloud-copilot/iam-simulate";

const ROUNDS = 7;
const ROUND_MS = 100;

const { policies, request } = JSON.parse(readFileSync(0, "utf8"));
// Without validation, which costs more than the decision.
const simulation = {
  request: {
    principal: request.principal,
    action: request.action,
    resource: { resource: request.resource, accountId: request.account },
    contextVariables: request.context,
  },
  identityPolicies: policies.identity.map((policy, index) => ({ name: `#${index + 1}`, policy })),
  serviceControlPolicies: [],
  resourceControlPolicies: [],
};
const decide = () => runUnsafeSimulation(simulation, {});
if (decide() !== "Allowed") throw new Error("the request must be allowed");

function round() {
  const start = performance.now();
  let decisions = 0;
  for (; performance.now() - start < ROUND_MS; decisions++) decide();
  return ((performance.now() - start) / decisions) * 1e6;
}
console.log(Math.min(...Array.from({ length: ROUNDS }, round)));
