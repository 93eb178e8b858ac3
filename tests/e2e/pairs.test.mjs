/**
 * Several pairs in a browser: a second practice store through the wizard, its own data, and back; the practice page with each of its buttons; and
 * the way from a real pair, with which nobody began, to practice and back. Needs the program (BRYGGA_BIN).
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { BROWSER, launch } from "./browser.mjs";
import { startProgram } from "./host.mjs";
import { faultless, heading, openPage, press, sync } from "./page.mjs";
import { caller } from "./screens.mjs";

const PROGRAM = process.env.BRYGGA_BIN;
const WAIT_MS = 60_000;

if (PROGRAM === undefined) process.stdout.write("pairs tests left out: BRYGGA_BIN names no program\n");

describe("several pairs", { skip: BROWSER === undefined || PROGRAM === undefined }, () => {
  let browser;
  const hosts = [];
  let folder;

  before(async () => {
    browser = await launch();
    folder = await mkdtemp(join(tmpdir(), "brygga-pairs-"));
  });

  after(async () => {
    await browser?.close();
    await Promise.all(hosts.map((host) => host.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  async function start(options, environment) {
    const host = await startProgram(PROGRAM, options, environment);
    hosts.push(host);
    return host;
  }

  /** Commands that are meant to be refused are no fault of the page. */
  const open = (host, options = {}) =>
    openPage(browser, host.url, { refusals: true, wait: WAIT_MS, reducedMotion: "reduce", ...options });

  const switcher = (page, name) => page.getByRole("button", { name: new RegExp(`^Store: ${name}`) });

  async function go(page, name) {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();
  }

  it("practice is marked in a small window, too, also in the wizard", async () => {
    const host = await start(["serve", "--practice", "--fresh", "--orders", "12", "--seed", "1", "--port", "0"]);
    const { page, done } = await open(host, { viewport: { width: 700, height: 700 } });
    await heading(page, "Which shop is it?");
    await page.getByText("Practice", { exact: true }).waitFor();
    await faultless(page);
    await done();
    const set = await start(["serve", "--practice", "--orders", "12", "--seed", "1", "--port", "0"]);
    const second = await open(set, { viewport: { width: 700, height: 700 } });
    await heading(second.page, "Overview");
    // Beside the page of the same name.
    const mark = switcher(second.page, "Fjord & Fjell AS").getByText("Practice", { exact: true });
    await mark.waitFor();
    const { x, width } = await mark.boundingBox();
    assert.ok(x >= 0 && x + width <= 56, `it stands in the rail: ${x} to ${x + width}`);
    await faultless(second.page);
    await second.done();
  });

  it("a second store is added through the wizard, has its own data, and the first is still there", async () => {
    const host = await start(["serve", "--practice", "--orders", "80", "--seed", "1", "--port", "0"]);
    const { page, done } = await open(host);
    await heading(page, "Overview");
    await switcher(page, "Fjord & Fjell AS").click();
    await page.getByRole("menuitem", { name: "Add another store" }).click();

    await heading(page, "Which shop is it?");
    await press(page, "Fill it in");
    assert.equal(await page.getByRole("textbox", { name: /Shop address/ }).inputValue(), "havn-og-hav.myshopify.com");
    await press(page, "Test and connect");
    await page.getByText(/^Connected to Havn & Hav AS\./).waitFor();
    await press(page, "Continue");
    await heading(page, "Which company is it?");
    await press(page, "Fill it in");
    await press(page, "Test and connect");
    await page.getByText(/^Connected to Havn & Hav AS\./).waitFor();
    await faultless(page);

    // In the middle of the set-up one may look at the other store, and comes back to where one was.
    await switcher(page, "Havn & Hav AS").click();
    await page.getByRole("menuitemradio", { name: /Havn & Hav AS.*Set-up not finished/ }).waitFor();
    await page.getByRole("menuitemradio", { name: /Fjord & Fjell AS/ }).click();
    await heading(page, "Overview");
    await sync(page);
    await go(page, "Records");
    await heading(page, "Records");
    await page.getByRole("gridcell").first().waitFor();
    const first = await page.getByRole("gridcell").first().innerText();
    await switcher(page, "Fjord & Fjell AS").click();
    await page.getByRole("menuitemradio", { name: /Havn & Hav AS/ }).waitFor();
    await faultless(page, { menu: true });
    await page.getByRole("menuitemradio", { name: /Havn & Hav AS/ }).click();
    await heading(page, "Which company is it?");

    await press(page, "Continue");
    await heading(page, "What should be kept in step?");
    await page.getByLabel("Book orders from this day on").waitFor();
    await press(page, "Continue");
    await heading(page, "What is what in Visma.net?");
    await page.getByText(/orders? (was|were) read/).waitFor();
    await press(page, "Save and continue");
    await heading(page, "Does it look right?");
    await page.getByText(/would become these documents/).waitFor();
    await press(page, "Continue");
    await heading(page, "Ready");
    await page.getByRole("main").getByRole("button", { name: "Start", exact: true }).click();
    await heading(page, "Overview");
    await switcher(page, "Havn & Hav AS").waitFor();
    await page.getByRole("link", { name: /Orders, Booked: [1-9]/ }).waitFor();

    // Its orders are its own: none of the first store's is among them.
    const { pairs } = await caller(page)("pairs");
    const orders = async (shop) => {
      const call = caller(page, pairs.find((pair) => pair.shop === shop).id);
      const { rows } = await call("records", { kind: "order", search: null, state: null, offset: 0, limit: 500 });
      return rows.map(({ id }) => id);
    };
    const [fjord, havn] = [await orders("Fjord & Fjell AS"), await orders("Havn & Hav AS")];
    assert.ok(fjord.length > 10 && havn.length > 10);
    assert.deepEqual(
      havn.filter((id) => fjord.includes(id)),
      [],
    );
    await switcher(page, "Havn & Hav AS").click();
    await page.getByRole("menuitemradio", { name: /Fjord & Fjell AS/ }).click();
    await go(page, "Records");
    await heading(page, "Records");
    await page.getByRole("gridcell", { name: first, exact: true }).first().waitFor();
    await done();
  });

  it("in the narrow window the switcher is its mark with a name, and works by keyboard", async () => {
    const host = await start(["serve", "--practice", "--orders", "40", "--port", "0"]);
    const { page, done } = await open(host, { viewport: { width: 880, height: 700 }, colorScheme: "dark" });
    await heading(page, "Overview");
    await switcher(page, "Fjord & Fjell AS").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Rename" }).waitFor();
    await faultless(page, { menu: true });
    await page.keyboard.press("Escape");
    await switcher(page, "Fjord & Fjell AS").waitFor();
    await go(page, "Practice");
    await heading(page, "Practice");
    await faultless(page, { menu: true });
    await done();
  });

  it("each button of the practice page happens, is told, and leads to what it became", async () => {
    const host = await start(["serve", "--practice", "--orders", "40", "--seed", "1", "--port", "0"]);
    const { page, done } = await open(host);
    await heading(page, "Overview");
    await sync(page);
    await go(page, "Practice");
    for (const [button, told] of [
      ["A sale", /^Somebody bought .+: order #C\d+\./],
      ["A refund", /^The customer of order #.+ sent back .+ and got the money\./],
      ["An exchange", /^The customer of order #.+ sent something back and got .+ for it\./],
      ["A crash", /^Somebody bought .+: order #C\d+\. The next answer/],
    ]) {
      await press(page, button);
      const sentence = await page.getByText(told).innerText();
      const order = /order (#\w+)/.exec(sentence)[1];
      if (button === "A sale" || button === "A crash")
        await page.getByText(`After the sync you can open order ${order} here.`).waitFor();
      // The practice clock runs on past the lag of the search index.
      const link = page.getByRole("link", { name: `Open order ${order}` });
      for (let tries = 0; tries < 5; tries += 1) {
        await sync(page);
        if (
          await link.waitFor({ timeout: 3000 }).then(
            () => true,
            () => false,
          )
        )
          break;
      }
      await link.click();
      await heading(page, new RegExp(`Order ${order}`));
      await go(page, "Practice");
    }
    await press(page, "A day");
    await page.getByText(/^A day passed\. (One order|\d+ orders) came in\./).waitFor();
    await faultless(page);
    // A crash books nothing twice.
    const state = await (await fetch(`${host.visma}/__control/state`)).json();
    const names = state.orders.filter((order) => order.order_type === "SO").map((order) => order.customer_order);
    assert.equal(new Set(names).size, names.length);
    await done();
  });

  it("from a real pair with which nobody began to practice, and back", async () => {
    const host = await start(["--data-dir", join(folder, "real"), "serve", "--orders", "40", "--port", "0"], {
      BRYGGA_PASSPHRASE: "for this test",
      BRYGGA_PASSPHRASE_COST: "1",
    });
    const { page, done } = await open(host);
    await heading(page, "Which shop is it?");
    assert.equal(await page.getByText("Practice pair", { exact: true }).count(), 0);
    await press(page, "Try it on the practice pair");
    await heading(page, "Overview");
    await switcher(page, "Fjord & Fjell AS Practice pair").waitFor();
    await go(page, "Practice");
    await press(page, "A sale");
    await page.getByText(/^Somebody bought/).waitFor();
    await press(page, "Back to New store");
    await heading(page, "Which shop is it?");
    assert.equal(
      await page.getByText("Practice pair: type this").count(),
      0,
      "a real pair is told nothing of practice",
    );
    await done();
  });
});
