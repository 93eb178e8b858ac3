/** From what would be sent to what was: some of it is approved, the rest remains, then all of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BROWSER } from "./browser.mjs";
import { hosted } from "./hosted.mjs";
import { goTo, openPage } from "./page.mjs";

describe("the preview", { skip: BROWSER === undefined }, () => {
  const on = hosted();

  it("sends what is approved, keeps the rest, and sends that too", async () => {
    const { page, done } = await openPage(on.browser, on.host.url, { viewport: { width: 1280, height: 900 } });
    await page.getByRole("link", { name: "Preview what would be sent" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Preview" }).waitFor();
    await page.getByRole("button", { name: "Preview now" }).click();
    await page.getByRole("grid", { name: "What the next sync would do" }).waitFor();

    // Orders alone: they are what one begins with.
    await goTo(page, "preview?outcome=send&kind=order");
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

    // All of the rest. The first document shows how Visma.net rounds VAT: what comes out differently by that is shown anew, and approved anew.
    let left = rest;
    for (let rounds = 0; left > 0; rounds += 1) {
      assert.ok(rounds < 3, `${left} are never sent`);
      await page.getByRole("button", { name: "Choose all" }).click();
      const send = page.getByRole("button", { name: /^Send these \d+$/ });
      await send.click();
      // Once it is over there is nothing ticked.
      await send.waitFor({ state: "detached" });
      const now = await sendable(page, "Order");
      assert.ok(now < left, "some are sent");
      left = now;
    }
    if (on.host.real) {
      await goTo(page, `records?kind=order&search=${encodeURIComponent(first)}`);
      await page.getByRole("gridcell", { name: "Booked" }).first().waitFor();
    }
    await done();
  });

  /** How many of a kind would be sent, as the counts say. */
  async function sendable(page, kind) {
    await page.getByRole("button", { name: "Preview again" }).and(page.locator(":enabled")).waitFor();
    const row = page.getByRole("table", { name: "What would be done, by kind" }).getByRole("row", { name: kind });
    const counts = await row.first().getByRole("cell").allTextContents();
    return Number((counts[0] ?? "0").replaceAll(",", ""));
  }
});
