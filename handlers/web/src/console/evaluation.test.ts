import { expect, test } from "vitest";

import { compare, lineOf, ordered, segments } from "./evaluation";
import type { PolicyShown, Statement } from "./local";

const TEXT = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow"
    },
    {
      "Effect": "Deny"
    }
  ]
}`;
const policy: PolicyShown = { layer: "Identity", policy: "P", text: TEXT, statements: [{ first: 4, last: 6 }, { first: 7, last: 9 }] };
const statement = (number: number): Statement => ({ layer: "Identity", policy: "P", statement: number, effect: "Allow", matches: true });

test("every line of a policy is shown once, and each statement has its own", () => {
  const found = segments(policy, [statement(1), { ...statement(0), policy: "Q" }]);
  expect(found.flatMap(({ lines }) => lines).join("\n")).toBe(TEXT);
  expect(found.map(({ first }) => first)).toEqual([1, 4, 7, 10]);
  expect(found.map((segment) => segment.statement?.statement)).toEqual([undefined, undefined, 1, undefined]);
});

test("the element that does not match is found in the statement's lines", () => {
  const lines = ['{', '"Resource": "*",', '"Condition": {', '"StringLike": {', '"s3:prefix": "a.b"', "}", "}", "}"];
  expect(lineOf(lines, "Resource")).toBe(1);
  expect(lineOf(lines, "Condition.StringLike.s3:prefix")).toBe(4);
  expect(lineOf(lines, "Condition.StringLike.other.key")).toBe(3);
  expect(lineOf(lines, "Principal")).toBe(-1);
});

test("two texts are compared line by line", () => {
  const { ours, theirs } = compare("GET\n/a\n\nhost:x\nb:1", "GET\n/a/\n\nhost:x\nadded:2\nb:1");
  expect(ours.filter(({ isShared }) => !isShared).map(({ text }) => text)).toEqual(["/a"]);
  expect(theirs.filter(({ isShared }) => !isShared).map(({ text }) => text)).toEqual(["/a/", "added:2"]);
});

test("the policy that decided comes first, the others stay as they are", () => {
  const policies = ["A", "B", "C"].map((name) => ({ ...policy, policy: name }));
  const names = (of: Parameters<typeof ordered>[1]) => ordered(policies, of).map((it) => it.policy);
  expect(names({ layer: "Identity", policy: "C", statement: 0 })).toEqual(["C", "A", "B"]);
  expect(names({ layer: "Resource", policy: "C", statement: 0 })).toEqual(["A", "B", "C"]);
  expect(names(null)).toEqual(["A", "B", "C"]);
});
