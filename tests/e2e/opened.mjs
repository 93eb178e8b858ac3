/** What must hold on whatever can be opened: no fault that axe finds in either theme, Escape closes it, and the focus is where it was. */
import { readFileSync } from "node:fs";
import { require } from "./host.mjs";
import { go } from "./screens.mjs";

export const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds in both themes; an open menu floats beside the landmarks, as every menu of the component library does. */
export async function scan(page, { menu = false } = {}) {
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((scheme) => document.documentElement.dataset.mantineColorScheme === scheme, colorScheme);
    // Until the colours have changed.
    await page.waitForTimeout(300);
    await page.evaluate(AXE);
    const faults = await page.evaluate(async (menu) => {
      const { violations } = await globalThis.axe.run(document, { rules: { region: { enabled: !menu } } });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
    }, menu);
    found.push(...faults.map((fault) => `${colorScheme}: ${fault}`));
  }
  return found;
}

/** Opens it, by keyboard. @param {import("./openers.mjs").Opener} opener */
export async function openBy(page, { place, first, by, keys = ["Enter"], shown }) {
  await go(page, place);
  await first?.(page);
  await by(page).focus();
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(150);
  }
  await shown(page).waitFor();
  await page.waitForFunction(() => document.querySelector("[class*=Skeleton]") === null);
}

/** Closes what is open, by keyboard: it is gone, and the focus is where it was. What is wrong with that, in words. @param {import("./openers.mjs").Opener} opener */
export async function closeBy(page, { by, shown, closer }) {
  if (closer === undefined) await page.keyboard.press("Escape");
  else await closer(page).press("Enter");
  const gone = shown(page).waitFor({ state: "hidden", timeout: 3000 });
  if (
    !(await gone.then(
      () => true,
      () => false,
    ))
  )
    return ["it is not closed"];
  // The focus goes back once what was open is gone.
  await page.waitForTimeout(400);
  const [isBack, at] = await by(page).evaluate((one) => [
    one === document.activeElement,
    document.activeElement?.outerHTML.slice(0, 60) ?? "nothing",
  ]);
  return isBack ? [] : [`the focus is not back, but at ${at}`];
}
