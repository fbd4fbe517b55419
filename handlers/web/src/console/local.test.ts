import { expect, test } from "vitest";

import { KEPT, parts, shortName, withNews, type Decision } from "./local";

const decision = (requestId: string): Decision => ({
  requestId,
  at: 1,
  principal: "anonymous",
  action: "execute-api:Invoke",
  resource: "arn",
  decision: "Allowed",
  reason: "a statement allows it",
});

test("news come first, the newest before the others, and nothing twice", () => {
  const known = [decision("2"), decision("1")];
  const ids = withNews(known, [decision("2"), decision("3"), decision("4")]).map(({ requestId }) => requestId);
  expect(ids).toEqual(["4", "3", "2", "1"]);
});

test("the list does not grow for ever", () => {
  const many = Array.from({ length: KEPT + 5 }, (_, number) => decision(String(number)));
  expect(withNews([], many)).toHaveLength(KEPT);
});

test("a resource is shown by its name, a call by its method and path", () => {
  expect(shortName("arn:aws:s3:::bucket/private/us-east-1:1234/x")).toBe("bucket/private/us-east-1:1234/x");
  expect(shortName("arn:aws:execute-api:us-east-1:000000000000:api/$default/PUT/notes/1")).toBe("PUT /notes/1");
  expect(shortName("/notes")).toBe("/notes");
});

test("a reason is what is the case, then the rest", () => {
  expect(parts("no policy allows it; closest is `A`; or `B`")).toEqual({ head: "no policy allows it", rest: "closest is `A`; or `B`" });
  expect(parts("the signature does not match")).toEqual({ head: "the signature does not match", rest: "" });
});
