/** A log of a hundred thousand lines: only what is in sight is drawn, and the end is reached by keyboard. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BROWSER, launch } from "./browser.mjs";
import { startFake } from "./host.mjs";

describe("a very long log", { skip: BROWSER === undefined }, () => {
  it("stays small in the page", async () => {
    const host = await startFake({ orders: 2000, log: 100_000 });
    const browser = await launch();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
      await page.goto(host.url);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.evaluate(() => {
        window.location.hash = "#/activity";
      });
      await page.getByRole("gridcell").first().waitFor();
      await page.getByRole("grid").focus();
      for (let step = 0; step < 12; step += 1) {
        await page.keyboard.press("End");
        await page.waitForTimeout(80);
      }
      const drawn = await page.getByRole("row").count();
      assert.ok(drawn < 80, `${drawn} rows are drawn`);
      const last = await page.locator('[role="row"][aria-selected="true"]').getAttribute("aria-rowindex");
      assert.ok(Number(last) > 1000, `only row ${last} was reached`);

      // A line that comes meanwhile does not move what is being read.
      const before = await page.locator('[role="row"][aria-selected="true"]').textContent();
      host.backend.tell({ event: "order-booked", level: "good", kind: "order", id_of_record: "1", name: "#4711" });
      await page.getByRole("button", { name: "1 newer line" }).waitFor();
      assert.equal(await page.locator('[role="row"][aria-selected="true"]').textContent(), before);
      await page.getByRole("button", { name: "1 newer line" }).click();
      await page.getByText("Order #4711 is booked, read back and equal.").waitFor();
    } finally {
      await browser.close();
      await host.stop();
    }
  });
});
