/** A practice pair in which every screen has something to show. */
import { bookByHand } from "./by-hand.mjs";
import { press, sync } from "./page.mjs";
import { caller, goTo, prove, withoutRow } from "./screens.mjs";

/**
 * In this order: two orders are booked by hand and found, what is left is booked and proven, a row of the mapping is taken away and a day's orders
 * wait for it, another day's orders stand in the preview, and there is a second store. The page must be open, on a pair that nobody has synced.
 */
export async function fill(host, page) {
  const call = caller(page);
  // What stands there stands still.
  await call("pause");
  await preview(page);
  await bookByHand(host, page);
  await goTo(page, "preview/already");
  await press(page, "Look for them");
  await page.getByRole("gridcell", { name: "It names the order" }).first().waitFor();

  await goTo(page, "overview");
  await sync(page);
  await prove(page);
  await withoutRow(call);
  await call("practice_play", { play: "day" });
  await goTo(page, "overview");
  await sync(page);
  await call("practice_play", { play: "day" });
  await preview(page);

  const { shown } = await call("pairs");
  await call("pair_add");
  await call("pair_show", { pair: shown });
}

async function preview(page) {
  await goTo(page, "preview");
  await page.getByRole("button", { name: /^Preview (now|again)$/ }).click();
  await page.getByRole("gridcell").first().waitFor();
  await page.getByRole("button", { name: "Preview again" }).and(page.locator(":enabled")).waitFor();
}
