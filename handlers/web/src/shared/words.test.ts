import { expect, test } from "vitest";

import { ApiError } from "../api";
import { sentence } from "./words";

test("kinds of refusals have words of their own, wherever they come from", () => {
  const problem = new ApiError(507, "urn:notewarden:problem:quota-exceeded", "you may keep at most 3 files", "r");
  const fromS3 = Object.assign(new Error("you may keep at most 3 files"), { name: "QuotaExceeded" });
  expect(sentence(problem)).toMatch(/^There is no room left/);
  expect(sentence(fromS3)).toBe(sentence(problem));
});

test("what has no words here is told as it was said, as a sentence", () => {
  expect(sentence(new ApiError(422, "urn:notewarden:problem:invalid-value", "`name` is required", null))).toBe("`name` is required.");
  expect(sentence(new ApiError(409, "urn:notewarden:problem:too-many", "a person may have at most 50 keys", null))).toBe("A person may have at most 50 keys.");
  expect(sentence(new Error("Incorrect username or password."))).toBe("Incorrect username or password.");
  expect(sentence("?")).toBe("Something went wrong. Try again.");
});
