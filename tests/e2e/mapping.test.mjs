/** From an order that is held for want of a VAT row to the same order booked: the row is mapped in the window. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BROWSER } from "./browser.mjs";
import { hosted } from "./hosted.mjs";
import { goTo, openPage, sync } from "./page.mjs";

describe("the mapping", { skip: BROWSER === undefined }, () => {
  const on = hosted();

  it("maps a VAT row that is missing, shows what it changes, and books what waited", async () => {
    const { page, done } = await openPage(on.browser, on.host.url);

    // The practice pair starts with every row mapped: one is taken away, as if it had never been there.
    if (on.host.real) {
      await goTo(page, `mapping/vat?search=${encodeURIComponent("Norway \u00b7 25")}`);
      await open(page, /^Norway \u00b7 25.% \u00b7 goods \u00b7 private \u00b7 domestic/);
      await page.getByRole("button", { name: "Clear this row" }).click();
      await page.getByRole("button", { name: "Done" }).click();
      await save(page);
    }
    await goTo(page, "overview");
    await sync(page);

    await goTo(page, "fixes");
    const cause = page.getByRole("article").filter({ hasText: /No VAT row for \d+ % on goods to Norway \(domestic\)/ });
    await cause.getByRole("button", { name: "Fix it" }).click();
    await cause.getByRole("link", { name: "Map it" }).click();
    const editor = page.getByRole("dialog");
    await editor.getByText(/records? waits?$/).waitFor();
    await editor.getByRole("button", { name: "Take it" }).click();
    await editor.getByRole("button", { name: "Done" }).click();
    await save(page, /^[1-9]\d* records? can be booked\.$/);
    await page.getByRole("button", { name: /^Book \d+ now$/ }).click();
    const result = await page.getByText(/^\d+ booked, \d+ left$/).textContent();
    // Some may be held for another reason, which only looking them up in Visma.net tells.
    assert.match(result ?? "", /^[1-9]\d* booked, /);

    await goTo(page, "fixes");
    await page.getByRole("heading", { level: 1, name: "Fixes" }).waitFor();
    await cause.waitFor({ state: "detached" });
    await done();
  });

  it("names the shop's locations, in rows and among the choices", async (t) => {
    if (!on.host.real) return t.skip("needs the practice shop");
    const { page, done } = await openPage(on.browser, on.host.url);
    await goTo(page, "mapping/warehouses");
    await page.getByRole("gridcell", { name: "Torggata", exact: true }).waitFor();
    await goTo(page, "mapping/stock");
    await page.getByRole("gridcell").first().click();
    await page.getByRole("dialog").getByRole("combobox", { name: "Location in the shop" }).click();
    await page.getByRole("option", { name: "Torggata", exact: true }).waitFor();
    await done();
  });

  /** Finds a row by its words and opens it. */
  async function open(page, name) {
    await page.getByRole("gridcell", { name }).first().click();
    await page.getByRole("dialog").waitFor();
  }

  async function save(page, told) {
    await page.getByRole("button", { name: "See what changes" }).click();
    const preview = page.getByRole("dialog", { name: "What changes" });
    if (told !== undefined) await preview.getByText(told).waitFor();
    await preview.getByRole("button", { name: "Save" }).click();
    await page.getByText(/^Saved\./).waitFor();
  }
});
