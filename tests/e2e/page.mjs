/** What the browser tests do on a page of the window. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { require } from "./host.mjs";
import { caller, standInDesktop } from "./screens.mjs";

export { goTo } from "./screens.mjs";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/**
 * Opens the window. An uncaught error fails the test when it is `done`; so does an error of the console, but for those of commands that are
 * meant to be refused (`refusals`). With `desktop` it shows what it shows in the desktop's window.
 */
export async function openPage(browser, url, { refusals = false, wait = 120_000, desktop = false, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
  if (desktop) await standInDesktop(context);
  const page = await context.newPage();
  page.setDefaultTimeout(wait);
  const problems = [];
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    if (refusals && message.text().includes("Failed to load resource")) return;
    problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return {
    page,
    context,
    done: async () => {
      await context.close();
      assert.deepEqual(problems, []);
    },
  };
}

export const heading = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();
export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

/** Syncs, and waits for the end of a run that was not there before: one of a moment may never show its *Stop*. */
export async function sync(page, pair) {
  const call = caller(page, pair);
  const last = async () => (await call("overview")).last_run?.run;
  const before = await last();
  await press(page, "Sync now");
  for (let tries = 0; tries < 480; tries += 1) {
    const { run, last_run } = await call("overview");
    if (run === null && last_run !== null && last_run.run !== before) return;
    await page.waitForTimeout(250);
  }
  throw new Error("the sync did not end");
}

/** No fault that axe finds, nothing wider than the window. An open menu floats beside the landmarks, as every menu of the component library does. */
export async function faultless(page, { menu = false } = {}) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async (menu) => {
    const { violations } = await globalThis.axe.run(document, { rules: { region: { enabled: !menu } } });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  }, menu);
  assert.deepEqual(violations, []);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${over} pixels too wide`);
}
