import { expect, test } from "vitest";

import { summary } from "./note";

test("the first words are the title", () => {
  expect(summary("\n\n# Bread\n\n- flour\n- water")).toEqual({ title: "Bread", rest: "flour water" });
  expect(summary("one line")).toEqual({ title: "one line", rest: "" });
  expect(summary(" \n ")).toEqual({ title: "Empty note", rest: "" });
});
