import { expect, test } from "vitest";

import { nextOf } from "./api";

test("the next page is found in a Link header, whatever else is there", () => {
  expect(nextOf(null)).toBeNull();
  expect(nextOf('<http://x/notes>; rel="first"')).toBeNull();
  expect(nextOf('</notes?cursor=abc&limit=2>; rel="next"')).toBe("/notes?cursor=abc&limit=2");
  expect(nextOf('<http://x/a>; rel="first", <http://x:1/notes?cursor=b>; rel=next')).toBe("/notes?cursor=b");
});
