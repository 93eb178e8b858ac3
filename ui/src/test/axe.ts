import axe from "axe-core";
import { expect } from "vitest";

/** No rule of axe may be broken. Contrast needs a real browser: `tests/e2e` looks at it in both themes. */
export async function expectAccessible(container: Element): Promise<void> {
  const { violations } = await axe.run(container, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
}
