/** From what would be sent to what was: some of it is approved, the rest remains, then all of it. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BROWSER, launch } from "./browser.mjs";
import { startHost } from "./host.mjs";

const WAIT_MS = 120_000;

describe("the preview", { skip: BROWSER === undefined }, () => {
  /** @type {Awaited<ReturnType<typeof startHost>>} */
  let host;
  let browser;

  before(async () => {
    host = await startHost();
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await host?.stop();
  });

  it("sends what is approved, keeps the rest, and sends that too", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    const problems = [];
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(host.url);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByRole("link", { name: "Preview what would be sent" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Preview" }).waitFor();
    await page.getByRole("button", { name: "Preview now" }).click();
    await page.getByRole("grid", { name: "What the next sync would do" }).waitFor();

    // Orders alone: they are what one begins with.
    await page.evaluate(() => {
      window.location.hash = "#/preview?outcome=send&kind=order";
    });
    const before = await sendable(page, "Order");
    assert.ok(before >= 3, `${before} orders`);

    // All of one, line by line.
    const boxes = page.getByRole("checkbox", { name: /^Send Order / });
    const first = (await boxes.first().getAttribute("aria-label")).replace("Send Order ", "");
    await page.getByRole("gridcell", { name: first, exact: true }).click();
    const item = page.getByRole("region", { name: "What is done, line by line" });
    await item.getByRole("columnheader", { name: "Net price" }).waitFor();
    await item.getByRole("button", { name: "Close" }).click();

    // Some.
    await boxes.nth(0).click();
    await boxes.nth(1).click();
    await page.getByRole("button", { name: "Send these 2" }).click();
    await page.getByText(/(One was|2 were) sent\./).waitFor();
    await page.getByRole("checkbox", { name: `Send Order ${first}`, exact: true }).waitFor({ state: "detached" });
    const rest = await sendable(page, "Order");
    assert.equal(rest, before - 2, "the others remain");

    // All of the rest.
    await page.getByRole("button", { name: "Choose all" }).click();
    await page.getByRole("button", { name: /^Send these \d+$/ }).click();
    // The sentence of the first two stands there until the new one comes: the counts tell when all is done.
    let left = rest;
    for (let tries = 0; tries < 60 && left >= rest; tries += 1) {
      await page.waitForTimeout(1000);
      left = await sendable(page, "Order");
    }
    assert.ok(left < rest, "they are sent");
    if (host.real) {
      await page.evaluate((name) => {
        window.location.hash = `#/records?kind=order&search=${encodeURIComponent(name)}`;
      }, first);
      await page.getByRole("gridcell", { name: "Booked" }).first().waitFor();
    }
    await context.close();
    assert.deepEqual(problems, []);
  });

  /** How many of a kind would be sent, as the counts say. */
  async function sendable(page, kind) {
    await page.getByRole("button", { name: "Preview again" }).and(page.locator(":enabled")).waitFor();
    const row = page.getByRole("table", { name: "What would be done, by kind" }).getByRole("row", { name: kind });
    const counts = await row.first().getByRole("cell").allTextContents();
    return Number((counts[0] ?? "0").replaceAll(",", ""));
  }
});
