/**
 * What must hold on every screen, and on whatever can be opened on one: no fault that axe finds in either theme, nothing wider than the window,
 * everything reachable by keyboard.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { BROWSER, launch } from "./browser.mjs";
import { fill } from "./filled.mjs";
import { startProgram } from "./host.mjs";
import { gridFaults, unreached } from "./keyboard.mjs";
import { closeBy, openBy, scan } from "./opened.mjs";
import { OPENERS, OPENERS_OF_A_STORE } from "./openers.mjs";
import { heading, press } from "./page.mjs";
import { caller, go, pages, places, standInDesktop } from "./screens.mjs";
import { connectCompany, connectShop } from "./wizard.mjs";

const PROGRAM = process.env.BRYGGA_BIN;
const WAIT_MS = 60_000;

describe("every screen", { skip: BROWSER === undefined || PROGRAM === undefined }, () => {
  let host;
  let browser;
  let screens;

  before(async () => {
    host = await startProgram(PROGRAM);
    browser = await launch();
    const page = await browser.newPage({ locale: "en-GB" });
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(host.url);
    await page.getByRole("heading", { level: 2 }).waitFor();
    await fill(host, page);
    screens = [...Object.values(await pages(page)), ...(await places(page))];
    await page.close();
  });

  after(async () => {
    await browser?.close();
    await host?.stop();
  });

  async function open(options, { url } = host) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: "en-GB",
      reducedMotion: "reduce",
      bypassCSP: true,
      ...options,
    });
    await standInDesktop(context);
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    await page.goto(url);
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

  it("has something to show where there may be nothing", async () => {
    const page = await open({});
    await go(page, "preview");
    assert.ok((await page.getByRole("checkbox", { name: /^Send / }).count()) > 0);
    await go(page, "preview/already");
    assert.ok((await page.getByRole("combobox", { name: /^What shall become of / }).count()) > 0);
    await page.context().close();
  });

  it("has no fault that axe finds, in either theme", async () => {
    const page = await open({});
    const found = [];
    for (const screen of screens) {
      await go(page, screen);
      found.push(...(await scan(page)).map((fault) => `${screen}: ${fault}`));
    }
    await page.context().close();
    assert.deepEqual(found, []);
  });

  for (const [width, height, locale] of [
    [1280, 700, "en-GB"],
    [900, 700, "en-GB"],
    [640, 700, "en-GB"],
    [600, 700, "en-GB"],
    // The longest words there are.
    [900, 600, "fi-FI"],
  ]) {
    it(`never scrolls sideways at ${width} pixels, ${locale}`, async () => {
      const page = await open({ viewport: { width, height }, locale });
      assert.equal(await page.locator("html").getAttribute("lang"), locale.slice(0, 2));
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
      lost.push(...(await gridFaults(page)).map((one) => `${screen}: ${one}`));
      // Whatever a row has opened is closed by another page.
      await go(page, "help");
    }
    await page.context().close();
    assert.deepEqual(lost, []);
  });

  describe("what can be opened", () => {
    let page;

    before(async () => {
      page = await open({});
    });

    after(() => page.context().close());

    for (const opener of OPENERS)
      it(opener.name, async (t) => {
        await tryOpener(t, page, opener);
        // Whatever is still open is closed by another page, and what was chosen is forgotten.
        await go(page, "help");
        await page.reload();
      });
  });

  it("has no fault in a store that is kept, from the set-up's last step on", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "brygga-screens-"));
    const beside = await startProgram(PROGRAM, ["serve", "--practice", "--fresh", "--orders", "40", "--port", "0"]);
    const remotes = ["--shopify-url", beside.shopify, "--visma-url", beside.visma];
    const environment = { BRYGGA_PASSPHRASE: "for this test", BRYGGA_PASSPHRASE_COST: "1" };
    const store = await startProgram(PROGRAM, ["--data-dir", folder, "serve", ...remotes], environment);
    try {
      const page = await open({}, store);
      await toTheLastStep(page);
      assert.deepEqual(await scan(page), []);
      await press(page, "Look for them");
      await page.getByText(/orders compared with/).waitFor();
      assert.deepEqual(await scan(page), []);
      await page.getByRole("main").getByRole("button", { name: "Start", exact: true }).click();
      await heading(page, "Overview");
      await caller(page)("pause");
      await caller(page)("back_up");
      for (const opener of OPENERS_OF_A_STORE) await t.test(opener.name, (t) => tryOpener(t, page, opener));
      await page.context().close();
    } finally {
      await store.stop();
      await beside.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Opens it, looks at it, and closes it. */
async function tryOpener(t, page, opener) {
  const { menu } = opener;
  await openBy(page, opener);
  const faults = await scan(page, { menu });
  await t.test("is closed again, and the focus is where it was", async () => {
    assert.deepEqual(await closeBy(page, opener), []);
  });
  assert.deepEqual(faults, []);
}

/** Through the set-up, with what it proposes. */
async function toTheLastStep(page) {
  await connectShop(page);
  await connectCompany(page);
  await press(page, "Continue");
  await page.getByLabel("Book orders from this day on").waitFor();
  await press(page, "Continue");
  await page.getByText(/orders? (were|was) read/).waitFor();
  await press(page, "Save and continue");
  // The practice month is over where the day is today's: there is no order to look at.
  await heading(page, "Does it look right?");
  await press(page, "Continue");
  await heading(page, "Ready");
}
