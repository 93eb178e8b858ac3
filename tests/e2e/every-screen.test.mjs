/** What must hold on every screen: no fault that axe finds in either theme, nothing wider than the window, everything reachable by keyboard. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { BROWSER, launch } from "./browser.mjs";
import { require, startProgram } from "./host.mjs";
import { sync } from "./page.mjs";
import { go, pages, places, prove, standInDesktop } from "./screens.mjs";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const PROGRAM = process.env.BRYGGA_BIN;

describe("every screen", { skip: BROWSER === undefined || PROGRAM === undefined }, () => {
  let host;
  let browser;
  let screens;

  before(async () => {
    host = await startProgram(PROGRAM);
    browser = await launch();
    const page = await browser.newPage({ locale: "en-GB" });
    await page.goto(host.url);
    await page.getByRole("heading", { level: 2 }).waitFor();
    await sync(page);
    await prove(page);
    screens = [...Object.values(await pages(page)), ...(await places(page))];
    await page.close();
  });

  after(async () => {
    await browser?.close();
    await host?.stop();
  });

  async function open(options) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: "en-GB",
      reducedMotion: "reduce",
      bypassCSP: true,
      ...options,
    });
    await standInDesktop(context);
    const page = await context.newPage();
    await page.goto(host.url);
    await page.getByRole("heading", { level: 1 }).waitFor();
    return page;
  }

  it("has the part of the settings that only a desktop has", async () => {
    const page = await open({});
    await go(page, "settings/desktop");
    const part = page.getByRole("region", { name: "This computer" });
    assert.equal(await part.getByRole("switch").count(), 3);
    await part.getByRole("button", { name: "Quit Brygga" }).waitFor();
    await page.context().close();
  });

  for (const colorScheme of ["light", "dark"]) {
    it(`has no fault that axe finds, ${colorScheme}`, async () => {
      const page = await open({ colorScheme });
      await page.evaluate(AXE);
      const found = [];
      for (const screen of screens) {
        await go(page, screen);
        const faults = await page.evaluate(async () => {
          const { violations } = await globalThis.axe.run(document);
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
        });
        found.push(...faults.map((fault) => `${screen}: ${fault}`));
      }
      await page.context().close();
      assert.deepEqual(found, []);
    });
  }

  for (const width of [1280, 900, 640, 600]) {
    it(`never scrolls sideways at ${width} pixels`, async () => {
      const page = await open({ viewport: { width, height: 700 } });
      const wide = [];
      for (const screen of screens) {
        await go(page, screen);
        const over = await page.evaluate(() => {
          const main = document.querySelector("main");
          return Math.max(
            document.documentElement.scrollWidth - window.innerWidth,
            main.scrollWidth - main.clientWidth,
          );
        });
        if (over > 0) wide.push(`${screen} by ${over}`);
      }
      await page.context().close();
      assert.deepEqual(wide, []);
    });
  }

  it("is reached by keyboard, whatever can be pressed, and shows where one is", async () => {
    const page = await open({});
    const lost = [];
    for (const screen of screens) {
      await go(page, screen);
      lost.push(...(await unreached(page)).map((one) => `${screen}: ${one}`));
    }
    await page.context().close();
    assert.deepEqual(lost, []);
  });
});

/** What can be pressed but not be come to by Tab (or by arrows, within a group that takes them), and what does not show that it has the focus. */
async function unreached(page) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    const pressed = "a[href], button, input, select, textarea, summary, [role=button], [role=gridcell], [role=option]";
    const grouped = "[role=tablist], [role=grid], [role=radiogroup], [role=listbox], [role=menu]";
    globalThis.wanted = new Set(
      [...document.querySelectorAll(pressed)].filter((one) => {
        // Within a group the arrows go on, and one of it is enough; what stands in a field is the field's own keys (arrows, Backspace).
        const inGroup = one.closest(grouped) !== null || one.type === "radio" || one.tabIndex < 0;
        return (
          !inGroup &&
          !one.disabled &&
          one.type !== "hidden" &&
          one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) &&
          !one.closest("[inert]")
        );
      }),
    );
    globalThis.unseen = [];
    // How a thing and what it stands in look: with the focus on it this must be another than without.
    const around = (one, many) =>
      many === 0 || one?.parentElement == null ? [] : [one.parentElement, ...around(one.parentElement, many - 1)];
    globalThis.look = (one) =>
      [one, one.nextElementSibling, one.parentElement, ...around(one.parentElement, 3)]
        .filter((each) => each !== null)
        .map((each) => {
          const { outline, boxShadow, borderColor, backgroundColor, textDecoration } = getComputedStyle(each);
          return [outline, boxShadow, borderColor, backgroundColor, textDecoration].join();
        })
        .join(";");
  });
  const many = await page.evaluate(() => globalThis.wanted.size);
  for (let step = 0; step < many * 2 + 20; step += 1) {
    await page.keyboard.press("Tab");
    const left = await page.evaluate(() => {
      const here = document.activeElement;
      const before = globalThis.focused;
      if (before?.one.isConnected && before.one !== here && before.look === globalThis.look(before.one))
        globalThis.unseen.push(before.one.outerHTML.slice(0, 160));
      globalThis.focused =
        here === null || here === document.body ? undefined : { one: here, look: globalThis.look(here) };
      globalThis.wanted.delete(here);
      return globalThis.wanted.size;
    });
    if (left === 0) break;
  }
  return page.evaluate(() => [
    ...[...globalThis.wanted].map((one) => `not reached: ${one.outerHTML.slice(0, 160)}`),
    ...globalThis.unseen.map((one) => `focus not seen: ${one}`),
  ]);
}
