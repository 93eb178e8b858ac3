/**
 * A pair that runs, and whose sign-in is withdrawn at Visma Connect: the next sync is refused, the page says by what and leads to where the merchant
 * signs in again, and what was bought meanwhile is booked. Needs the program (BRYGGA_BIN).
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BROWSER, launch } from "./browser.mjs";
import { startProgram } from "./host.mjs";
import { heading, openPage, press, sync } from "./page.mjs";
import { caller } from "./screens.mjs";
import { chooseSignIn, connectShop, remotes, signInPage } from "./wizard.mjs";

const PROGRAM = process.env.BRYGGA_BIN;

describe("a pair whose sign-in is withdrawn", { skip: BROWSER === undefined || PROGRAM === undefined }, () => {
  let host;
  let browser;

  before(async () => {
    host = await startProgram(PROGRAM, ["serve", "--practice", "--fresh", "--orders", "60", "--port", "0"]);
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await host?.stop();
  });

  /** Sets the pair up with a sign-in alone: by that, orders become invoices. */
  async function setUp(page, context) {
    await connectShop(page);
    await chooseSignIn(page, await remotes(host).portForSignIn());
    await allow(await signInPage(context, page));
    await page.getByText(/^Connected to Fjord & Fjell AS\./).waitFor();
    await press(page, "Continue");
    await page.getByRole("combobox", { name: "What an order becomes" }).click();
    await page.getByRole("option", { name: "An invoice", exact: true }).click();
    await press(page, "Continue");
    await page.getByText(/orders? (were|was) read/).waitFor();
    await press(page, "Save and continue");
    await page.getByText(/would become these documents/).waitFor();
    await press(page, "Continue");
    await heading(page, "Ready");
    await page.getByRole("main").getByRole("button", { name: "Start" }).click();
    await heading(page, "Overview");
    await page.getByRole("link", { name: /Orders, Booked: [1-9]/ }).waitFor();
  }

  async function allow(connect) {
    await connect.getByRole("button", { name: "Allow" }).click();
    await connect.getByRole("heading", { name: "You are signed in" }).waitFor();
    await connect.close();
  }

  it("is refused, says so, and goes on once the merchant has signed in again", async () => {
    const { page, context, done } = await openPage(browser, host.url, { refusals: true, reducedMotion: "reduce" });
    const call = caller(page);
    await setUp(page, context);
    // From here on nothing runs but what is pressed.
    await call("pause");
    await atRest(call);
    assert.equal((await call("overview")).last_run.failure, null, "it went well until now");

    const { order } = await call("practice_play", { play: "sale" });
    await remotes(host).visma({ change: "sign_ins_revoked" });
    await sync(page);
    const refused = await call("overview");
    assert.equal(refused.last_run.failure?.code, "erp-signed-out");
    assert.notEqual(await stateOf(call, order), "booked");
    const main = page.getByRole("main");
    await main.getByText(/^The sync stopped: Visma Connect does not accept the sign-in any more/).waitFor();
    const remedy = main.getByText(/^Sign in again\. Connect again$/);
    await remedy.waitFor();
    // It stays refused however often it is tried.
    await sync(page);
    assert.equal((await call("overview")).last_run.failure?.code, "erp-signed-out");

    await remedy.getByRole("link", { name: "Connect again" }).click();
    await heading(page, "Which company is it?");
    await page.getByRole("alert").filter({ hasText: "does not accept the sign-in any more" }).waitFor();
    await allow(await signInPage(context, page, "Sign in again"));
    await page.getByText(/^Connected to Fjord & Fjell AS\./).waitFor();
    await page.getByRole("alert").waitFor({ state: "detached" });

    await page.evaluate(() => {
      window.location.hash = "#/overview";
    });
    await heading(page, "Overview");
    await sync(page);
    assert.equal((await call("overview")).last_run.failure, null);
    assert.equal(await stateOf(call, order), "booked");
    await main.getByText(/^The sync stopped/).waitFor({ state: "detached" });
    await done();
  });
});

async function atRest(call) {
  for (let tries = 0; (await call("overview")).run !== null; tries += 1) {
    assert.ok(tries < 480, "the run did not end");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Where the order stands; one that nobody has read yet stands nowhere. */
async function stateOf(call, { record }) {
  const list = { kind: "order", search: null, state: null, offset: 0, limit: 500 };
  const { rows } = await call("records", list);
  return rows.find(({ id }) => id === record.id)?.state;
}
