/** Orders that somebody has booked by hand before the first sync: found, decided on by a person, and never booked again. Needs the program (BRYGGA_BIN). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BROWSER } from "./browser.mjs";
import { bookByHand } from "./by-hand.mjs";
import { startProgram } from "./host.mjs";
import { hosted } from "./hosted.mjs";
import { goTo, heading, openPage, press, sync } from "./page.mjs";
import { caller } from "./screens.mjs";

const PROGRAM = process.env.BRYGGA_BIN;
const SMALL = ["serve", "--practice", "--orders", "60", "--seed", "1", "--port", "0"];

describe("already booked", { skip: BROWSER === undefined || PROGRAM === undefined }, () => {
  const on = hosted(() => startProgram(PROGRAM, SMALL));

  it("finds what was booked by hand, asks where it is a guess, and books neither again", async () => {
    const { page, done } = await openPage(on.browser, on.host.url, { wait: 30_000 });
    const call = caller(page);
    await goTo(page, "preview");
    await press(page, "Preview now");
    await page.getByRole("grid", { name: "What the next sync would do" }).waitFor();
    const { named, likely } = await bookByHand(on.host, page);

    await page.getByRole("link", { name: "Orders that may be booked already" }).click();
    await press(page, "Look for them");
    const row = (order) =>
      page.getByRole("row").filter({ has: page.getByRole("gridcell", { name: order, exact: true }) });
    await row(named).getByText("It names the order").waitFor();
    await row(likely).getByText("Amount, day and customer fit").waitFor();
    await row(named)
      .getByText(/^It is SO \d+: send nothing$/)
      .waitFor();
    // A guess is a person's to decide.
    await row(likely).getByText("Decide later: hold it").waitFor();

    // While nobody has decided, nothing is sent for either.
    await goTo(page, "overview");
    await sync(page);
    const state = async (order) => {
      const query = { kind: "order", search: order, state: null, offset: 0, limit: 5 };
      const { rows } = await call("records", query);
      const { state, erp_number } = rows.find(({ name }) => name === order);
      return { state, erp_number };
    };
    assert.equal((await state(likely)).state, "held");
    const { state: left, erp_number } = await state(named);
    assert.equal(left, "skipped");
    assert.match(erp_number, /^SO \d+$/, "it is known as which document it is booked");
    const booked = await state("#1010");

    // In a low window an order stands in the list's place, and Escape leads back to it.
    await goTo(page, "preview/already");
    const wide = page.viewportSize();
    await page.setViewportSize({ width: 900, height: 600 });
    const list = page.getByRole("grid", { name: "Orders that may be booked already" });
    await list.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("radio", { name: "Leave it out" }).waitFor();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "grid");
    await page.setViewportSize(wide);

    // Decided otherwise: the guess was right.
    await row(likely).click();
    await page.getByRole("radio", { name: /^It is SO \d+: send nothing$/ }).check();
    await press(page, "Choose this");
    await row(likely)
      .getByText(/^It is SO \d+: send nothing$/)
      .waitFor();
    await goTo(page, "overview");
    await sync(page);
    assert.equal((await state(likely)).state, "skipped");
    assert.deepEqual(await state("#1010"), booked);
    await heading(page, "Overview");
    await done();
  });
});
