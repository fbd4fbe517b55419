import { expect, test } from "vitest";

import { allowed, endAfter, hasEnded } from "./key";

test("what a key allows is told kind by kind", () => {
  expect(allowed(["notes:read"])).toBe("Notes: read");
  expect(allowed(["files:write", "notes:read", "files:read"])).toBe("Notes: read · Files: read and write");
});

test("a key ends after its days, or never", () => {
  expect(endAfter(7, 1_000)).toBe(604_801_000);
  expect(endAfter(0, 1_000)).toBeNull();
  const key = { keyId: "1", name: "x", scopes: [], createdAt: 0, lastUsedAt: null };
  expect(hasEnded({ ...key, expiresAt: 5 }, 5)).toBe(true);
  expect(hasEnded({ ...key, expiresAt: 6 }, 5)).toBe(false);
  expect(hasEnded({ ...key, expiresAt: null }, 5)).toBe(false);
});
