import { expect, test } from "vitest";

import { KEPT, shortName, withNews, type Decision } from "./local";

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

test("an ARN is shown by its end", () => {
  expect(shortName("arn:aws:sts::000000000000:assumed-role/R/CognitoIdentityCredentials")).toBe("assumed-role/R/CognitoIdentityCredentials");
  expect(shortName("anonymous")).toBe("anonymous");
});
