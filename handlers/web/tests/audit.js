// axe-core's rules of WCAG 2.2 A and AA, in light and dark.
import assert from "node:assert/strict";

import { AxeBuilder } from "@axe-core/playwright";

export async function audit(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    const found = violations.map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes.map((node) => node.html).join(" ")}`);
    assert.deepEqual(found, []);
  }
}
