/** The window in a real browser: it loads under the content security policy, and each page does what it is for. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BROWSER, launch } from "./browser.mjs";
import { startHost } from "./host.mjs";
import { faultless, goTo, openPage, sync } from "./page.mjs";

const WAIT_MS = 60_000;

if (BROWSER === undefined)
  process.stdout.write("window tests left out: no Chromium found; set BRYGGA_BROWSER to one\n");

describe("the window", { skip: BROWSER === undefined }, () => {
  /** @type {Awaited<ReturnType<typeof startHost>>} */
  let host;
  let browser;
  let synced = false;

  before(async () => {
    host = await startHost();
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await host?.stop();
  });

  /** Opens a page of the window, after a first sync. */
  async function open(route, options = {}) {
    const opened = await openPage(browser, host.url, { wait: WAIT_MS, ...options });
    if (!synced) {
      await sync(opened.page);
      synced = true;
    }
    await goTo(opened.page, route);
    return opened;
  }

  it("takes the token out of the address, and works without it after a reload", async () => {
    const { page, done } = await open("overview");
    assert.ok(!page.url().includes("token"));
    await page.reload();
    await page.getByRole("heading", { level: 2 }).waitFor();
    await done();
  });

  it("looks as its own parts say, in whatever order their files are read", async () => {
    const { page, done } = await open("overview");
    // Its looks are in the file of a part that several pages share, which is read before the library's.
    const preferences = page.getByRole("button", { name: /^Language and look/ });
    assert.equal(await preferences.evaluate((button) => getComputedStyle(button).paddingLeft), "10px");
    await done();
  });

  it("shows how far a sync is, and tells when it ended", async () => {
    const { page, done } = await open("overview");
    await sync(page);
    await page.getByRole("row", { name: /Orders/ }).waitFor();
    const booked = await page.getByRole("link", { name: /Orders, Booked: [1-9]/ }).count();
    assert.equal(booked, 1);
    await done();
  });

  it("searches the activity log by an order's number and opens its story", async () => {
    const { page, done } = await open("records?kind=order&state=booked");
    const first = page.getByRole("gridcell").first();
    await first.waitFor();
    const name = (await first.textContent()) ?? "";
    await goTo(page, "activity");
    await page.getByRole("heading", { level: 1, name: "Activity" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type(name);
    await page.waitForURL(/search=/);
    await page.waitForFunction((wanted) => {
      const rows = [...document.querySelectorAll('[role="rowgroup"] [role="row"]')];
      return rows.length > 0 && rows.every((row) => row.textContent.includes(wanted));
    }, name);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: new RegExp(name) }).waitFor();
    // The newest row of the order may be of one of its parts, such as an invoice: its story leads to the order's.
    const whole = page.getByRole("link", { name: `Part of order ${name}` });
    const heading = page.getByRole("heading", { level: 1, name: new RegExp(`Order ${name}`) });
    await whole.or(heading).first().waitFor();
    if (await whole.isVisible()) await whole.click();
    await heading.waitFor();
    await page.getByRole("table", { name: "The same facts on both sides" }).waitFor();
    await page.getByRole("heading", { name: "The document in Visma.net" }).waitFor();
    assert.equal(await page.getByText("differs", { exact: true }).count(), 0);
    const exchange = page.getByRole("button", { name: /Show request and answer/ }).first();
    await exchange.click();
    await page.getByText("Answer", { exact: true }).first().waitFor();
    await done();
  });

  it("lists what is held by cause, and tells the result of a retry", async () => {
    const { page, done } = await open("fixes");
    const causes = page.getByRole("article");
    await causes.or(page.getByText("Nothing needs you.")).first().waitFor();
    if ((await causes.count()) > 0) {
      await causes
        .first()
        .getByRole("button", { name: /^Retry/ })
        .first()
        .click();
      await page.getByText(/^\d+ booked, \d+ left$/).waitFor();
    }
    await done();
  });

  it("finds an order with Ctrl+K", async () => {
    const { page, done } = await open("overview");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("10");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("combobox").waitFor({ state: "detached" });
    await done();
  });

  it("speaks the language of the computer", async () => {
    const { page, done } = await open("overview", { locale: "nb-NO" });
    await page.getByRole("button", { name: "Synkroniser nå", exact: true }).waitFor();
    await done();
  });

  for (const scheme of ["light", "dark"]) {
    it(`has no fault that axe finds while one searches, ${scheme}`, async () => {
      const { page, done } = await open("overview", { colorScheme: scheme, reducedMotion: "reduce", bypassCSP: true });
      await goTo(page, "records?kind=order&state=booked");
      await page.getByRole("gridcell").first().click();
      await page.getByRole("table").first().waitFor();
      await faultless(page);
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").waitFor();
      await faultless(page);
      await done();
    });
  }
});
