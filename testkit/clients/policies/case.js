// One case: policies, a request, and what iam-simulate decides on it.
import { makePolicies } from "./policies.js";
import { Random } from "./random.js";
import { makeRequest } from "./requests.js";
import { simulate } from "./simulate.js";

export async function makeCase(seed, number) {
  const random = new Random(seed, number);
  const asked = makeRequest(random);
  const policies = makePolicies(random, asked);
  const { request } = asked;
  const { verdict, ignored, refused } = await simulate({ policies, request });
  const id = `${seed}-${number}`;
  // Only what it takes is worth comparing: a policy that it refuses is a defect of the generator.
  if (refused) throw new Error(`iam-simulate refuses ${id}: ${refused}`);
  // It leaves out keys that it does not know for the action, so that they are not in the request at all.
  request.context = Object.fromEntries(Object.entries(request.context).filter(([key]) => !ignored.includes(key)));
  return { id, policies, request, expect: verdict };
}
