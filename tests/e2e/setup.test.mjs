/**
 * The set-up wizard in a browser: from nothing to the first sync, each wrong word, sign-in on the practice page, leave and resume, connecting
 * again after a revoked grant, by keyboard alone, and without a fault that axe finds. Needs the program (BRYGGA_BIN): the wizard is its set-up.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { BROWSER, launch } from "./browser.mjs";
import { startProgram } from "./host.mjs";
import { faultless, heading, openPage, press } from "./page.mjs";
import { chooseSignIn, connectCompany, connected, connectShop, remotes, signInPage } from "./wizard.mjs";

const PROGRAM = process.env.BRYGGA_BIN;
const WAIT_MS = 60_000;

if (PROGRAM === undefined) process.stdout.write("set-up tests left out: BRYGGA_BIN names no program\n");

describe("the set-up wizard", { skip: BROWSER === undefined || PROGRAM === undefined }, () => {
  /** @type {Awaited<ReturnType<typeof startProgram>>} */
  let host;
  let browser;

  before(async () => {
    browser = await launch();
  });

  beforeEach(async () => {
    await host?.stop();
    host = await startProgram(PROGRAM, ["serve", "--practice", "--fresh", "--orders", "80", "--port", "0"]);
  });

  after(async () => {
    await browser?.close();
    await host?.stop();
  });

  /** Opens the window; commands that are meant to be refused are no fault of the page. */
  async function open(options = {}, url = host.url) {
    const opened = await openPage(browser, url, { refusals: true, wait: WAIT_MS, reducedMotion: "reduce", ...options });
    await heading(opened.page, "Which shop is it?");
    return opened;
  }

  it("goes from nothing to the first sync", async (t) => {
    const { page, done } = await open();
    const merchant = merchantOn(page);
    assert.equal(await page.getByRole("navigation", { name: "Pages" }).count(), 0);
    // As somebody with an app of their own does it: nothing is filled in for them.
    await merchant.types("textbox", "Shop address", "fjord-og-fjell.myshopify.com");
    await merchant.types("textbox", "Client ID", "practice-client");
    await merchant.typesSecret("practice-secret");
    await merchant.presses("Test and connect");
    await connected(page);
    await merchant.goesOn("Continue", "Which company is it?");
    await merchant.types("textbox", "Client ID", "isv_brygga_practice");
    await merchant.typesSecret("practice-secret");
    await merchant.types("textbox", "The company’s tenant ID", "11111111-2222-3333-4444-555555555555");
    await merchant.presses("Test and connect");
    await connected(page);
    await merchant.goesOn("Continue", "What should be kept in step?");
    assert.match(await page.getByLabel("Book orders from this day on").inputValue(), /^2026-10-01$/);
    await merchant.goesOn("Continue", "What is what in Visma.net?");
    await page
      .getByText(/^\d+ orders were read\. \d+ rows are filled\. \d+ of them are proposals, and count when you save\./)
      .waitFor();
    // What is proposed says why, and can be looked at row by row.
    const grid = page.getByRole("grid", { name: "VAT" });
    await grid.getByText("Proposed", { exact: true }).first().click();
    await page.getByText("This is a proposal. It counts when you save this step.").waitFor();
    await press(page, "Done");
    await merchant.goesOn("Save and continue", "Does it look right?");
    await page.getByText(/^Order #\d+ would become these documents\.$/).waitFor();
    t.diagnostic(`a sample order after ${merchant.seconds()} s of a machine, ${merchant.effort()}`);
    await page.getByText(/^Sales order/).waitFor();
    await page.getByRole("button", { name: /^Send #\d+ to Visma\.net$/ }).click();
    await page.getByText(/was read back, and is equal to the cent\.$/).waitFor();
    assert.equal(await page.getByText("differs", { exact: true }).count(), 0);
    await merchant.goesOn("Continue", "Ready");
    await merchant.goesOn("Start", "Overview");
    await page.getByRole("link", { name: /Orders, Booked: [1-9]/ }).waitFor();
    t.diagnostic(`the first sync after ${merchant.seconds()} s of a machine, ${merchant.effort()}`);
    // What is typed is what nobody but the merchant knows.
    assert.deepEqual([merchant.fields, merchant.clicks], [6, 8]);
    // It stays set up.
    await page.reload();
    await heading(page, "Overview");
    await done();
  });

  it("says in words what is wrong with the shop, and what to do", async () => {
    const { shopify } = remotes(host);
    const { page, done } = await open();
    await press(page, "Fill it in");
    const address = page.getByRole("textbox", { name: "Shop address" });
    const client = page.getByRole("textbox", { name: "Client ID" });
    const secret = page.getByLabel("Client secret", { exact: true });
    const refused = async (words) => {
      await press(page, "Test and connect");
      await page.getByRole("alert").filter({ hasText: words }).waitFor();
      assert.ok(await page.getByRole("button", { name: "Continue" }).isDisabled());
    };
    await address.fill("www.fjord-og-fjell.no");
    await refused("is not a shop’s own address");
    await address.fill("no-such-shop-here.myshopify.com");
    await refused("There is no shop at no-such-shop-here.myshopify.com");
    await address.fill("fjord-og-fjell.myshopify.com");
    await secret.fill("wrong");
    await refused("Shopify does not accept the client id or the secret");
    await secret.fill("practice-secret");
    await client.fill("nobody");
    await refused("Shopify does not accept the client id or the secret");
    await client.fill("practice-client");
    await press(page, "I have a token of an older app");
    await page.getByLabel("Admin API access token", { exact: true }).fill("shpat_of_another_app");
    await refused("Shopify does not accept the token any more.");
    await page.getByText(/^Connect the shop again\. If you pasted the client secret as the token/).waitFor();
    await press(page, "I have a client ID and secret");
    assert.equal(await secret.inputValue(), "", "a token is no secret of an app");
    await secret.fill("practice-secret");
    await shopify(() => ({ app_installed: false }));
    await refused("The app is not installed");
    await shopify(() => ({ app_installed: true, same_organization: false }));
    await refused("another organization");
    await shopify(({ granted_scopes }) => ({
      same_organization: true,
      granted_scopes: granted_scopes.filter((scope) => scope !== "read_returns"),
    }));
    await press(page, "Test and connect");
    await page.getByText(/5 of 6 permissions\. Missing: read_returns\./).waitFor();
    await page.getByText(/make a new version with these scopes added/).waitFor();
    await shopify(({ granted_scopes }) => ({ granted_scopes: [...granted_scopes, "read_returns"] }));
    await press(page, "Test and connect");
    await connected(page);
    await done();
  });

  it("says in words what is wrong with the company, and what to do", async () => {
    const { visma } = remotes(host);
    const { page, done } = await open();
    await connectShop(page);
    await press(page, "Fill it in");
    const tenant = page.getByRole("textbox", { name: "The company’s tenant ID" });
    const secret = page.getByLabel("Client secret", { exact: true });
    const refused = async (words) => {
      await press(page, "Test and connect");
      await page.getByRole("alert").filter({ hasText: words }).waitFor();
    };
    await secret.fill("wrong");
    await refused("Visma Connect does not accept the client id or the secret");
    await secret.fill("practice-secret");
    const right = await tenant.inputValue();
    await tenant.fill("00000000-0000-0000-0000-000000000000");
    await refused("does not know the company");
    await tenant.fill("99999999-8888-7777-6666-555555555555");
    await refused("the customer instead of the company");
    await tenant.fill(right);
    await visma({ change: "role", missing: true });
    await refused("the role API User");
    await visma({ change: "role", missing: false });
    await visma({ change: "scope", scope: "visma.net.erp.salesorder:write", granted: false });
    await press(page, "Test and connect");
    await page.getByText(/8 of 9 permissions\. Missing: create and change sales orders\./).waitFor();
    await page.getByText(/^For sales orders, connect an own application/).waitFor();
    await visma({ change: "scope", scope: "visma.net.erp.salesorder:write", granted: true });
    await press(page, "Test and connect");
    await connected(page);
    await done();
  });

  it("signs a person in by the browser, and again after the grant was revoked", async () => {
    const { visma, portForSignIn } = remotes(host);
    const { page, context, done } = await open();
    await connectShop(page);
    await chooseSignIn(page, await portForSignIn());

    // Cancelled there.
    let connect = await signInPage(context, page);
    await page.getByText("Waiting for you in the browser.").waitFor();
    await connect.getByRole("button", { name: "Cancel" }).click();
    await connect.getByRole("heading", { name: "The sign-in was not completed" }).waitFor();
    await page.getByRole("alert").filter({ hasText: "The sign-in was cancelled." }).waitFor();
    await connect.close();

    // Another account, which has the role nowhere.
    connect = await signInPage(context, page);
    await connect.getByRole("button", { name: "Use another account" }).click();
    await connect.getByText("Ola Uten Rolle").waitFor();
    await connect.getByRole("button", { name: "Allow" }).click();
    await page.getByRole("alert").filter({ hasText: "the role API User" }).waitFor();
    await connect.close();

    // Cancelled here.
    connect = await signInPage(context, page);
    await page.getByRole("main").getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("alert").filter({ hasText: "The sign-in was cancelled." }).waitFor();
    await connect.close();

    connect = await signInPage(context, page);
    await connect.getByRole("button", { name: "Allow" }).click();
    await connect.getByRole("heading", { name: "You are signed in" }).waitFor();
    await connect.close();
    await page.getByText(/^Connected to Fjord & Fjell AS\./).waitFor();
    await page.getByText(/^For sales orders, connect an own application/).waitFor();

    // What a sales order takes is closed, and the wizard says so where it is chosen.
    await press(page, "Continue");
    await page.getByText(/^Your connection does not open this for orders/).waitFor();
    await page.getByRole("combobox", { name: "What an order becomes" }).click();
    await page.getByRole("option", { name: "An invoice", exact: true }).click();
    await press(page, "Continue");
    await page.getByText(/orders? (were|was) read/).waitFor();

    await visma({ change: "sign_ins_revoked" });
    await press(page, "Back");
    await heading(page, "What should be kept in step?");
    await press(page, "Continue");
    const refused = page.getByRole("alert").filter({ hasText: "does not accept the sign-in any more" });
    await refused.getByText("Sign in again.").waitFor();
    await refused.getByRole("link", { name: "Connect again" }).click();
    await heading(page, "Which company is it?");
    connect = await signInPage(context, page, "Sign in again");
    await connect.getByRole("button", { name: "Allow" }).click();
    await connect.getByRole("heading", { name: "You are signed in" }).waitFor();
    await connect.close();
    await page.getByText(/^Connected to Fjord & Fjell AS\./).waitFor();
    await press(page, "Continue");
    await heading(page, "What should be kept in step?");
    await press(page, "Continue");
    await page.getByText(/orders? (were|was) read/).waitFor();
    await done();
  });

  it("can be left at any step and goes on there, and Back keeps everything", async () => {
    const folder = await mkdtemp(join(tmpdir(), "brygga-setup-"));
    const environment = { BRYGGA_PASSPHRASE: "open sesame", BRYGGA_PASSPHRASE_COST: "2" };
    const real = [
      "--data-dir",
      folder,
      "serve",
      "--port",
      "0",
      "--shopify-url",
      host.shopify,
      "--visma-url",
      host.visma,
    ];
    let product = await startProgram(PROGRAM, real, environment);
    try {
      let { page, done } = await open({}, product.url);
      await connectShop(page);
      await page.getByRole("textbox", { name: "Client ID" }).fill("isv_half_typed");
      await press(page, "Back");
      await heading(page, "Which shop is it?");
      assert.equal(await page.getByRole("textbox", { name: "Client ID" }).inputValue(), "practice-client");
      assert.equal(await page.getByLabel("Client secret", { exact: true }).inputValue(), "");
      await press(page, "Continue");
      assert.equal(await page.getByRole("textbox", { name: "Client ID" }).inputValue(), "isv_half_typed");
      await connectCompany(page);
      await press(page, "Continue");
      await heading(page, "What should be kept in step?");
      await done();

      // The program ends and starts again.
      await product.stop();
      product = await startProgram(PROGRAM, real, environment);
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
      page = await context.newPage();
      page.setDefaultTimeout(WAIT_MS);
      await page.goto(product.url);
      await heading(page, "What should be kept in step?");
      await page.getByRole("button", { name: /^Shopify ?, done$/ }).click();
      await connected(page);
      await context.close();
    } finally {
      await product.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("can be gone through by keyboard alone", async () => {
    const { page, done } = await open();
    const tabTo = async (name, role = "button") => {
      const wanted = page.getByRole("main").getByRole(role, { name, exact: true });
      await wanted.waitFor();
      for (let presses = 0; presses < 60; presses += 1) {
        if (await wanted.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`${name} is not reached by Tab`);
    };
    const enter = async (name) => {
      await tabTo(name);
      await page.keyboard.press("Enter");
    };
    await enter("Create the app");
    await enter("Fill it in");
    await enter("Test and connect");
    await connected(page);
    await enter("Continue");
    await heading(page, "Which company is it?");
    await page.waitForFunction(() => document.activeElement?.tagName === "H1");
    await enter("Fill it in");
    await enter("Test and connect");
    await connected(page);
    await enter("Continue");
    await heading(page, "What should be kept in step?");
    await page.getByLabel("Book orders from this day on").waitFor();
    await enter("Continue");
    await page.getByText(/orders? (were|was) read/).waitFor();
    await enter("Save and continue");
    await page.getByText(/would become these documents/).waitFor();
    await enter("Continue");
    await heading(page, "Ready");
    await enter("Start");
    await heading(page, "Overview");
    await done();
  });

  for (const colorScheme of ["light", "dark"]) {
    it(`has no fault that axe finds, ${colorScheme}`, async () => {
      const { page, done } = await open({ colorScheme, bypassCSP: true, viewport: { width: 900, height: 600 } });
      await faultless(page);
      await page.getByLabel("Client secret", { exact: true }).fill("wrong");
      await page.getByRole("textbox", { name: "Client ID" }).fill("practice-client");
      await page.getByRole("textbox", { name: "Shop address" }).fill("fjord-og-fjell.myshopify.com");
      await press(page, "Test and connect");
      await page.getByRole("alert").waitFor();
      await faultless(page);
      await press(page, "Fill it in");
      await press(page, "Test and connect");
      await connected(page);
      await page.getByText(/^All \d+ permissions$/).click();
      await faultless(page);
      await press(page, "Continue");
      await heading(page, "Which company is it?");
      await page.getByText("Sign in", { exact: true }).click();
      await faultless(page);
      await page.getByText("Own application", { exact: true }).click();
      await connectCompany(page);
      await faultless(page);
      await press(page, "Continue");
      await page.getByLabel("Book orders from this day on").waitFor();
      await faultless(page);
      await press(page, "Continue");
      await page.getByText(/orders? (were|was) read/).waitFor();
      await faultless(page);
      await press(page, "Save and continue");
      await page.getByText(/would become these documents/).waitFor();
      await faultless(page);
      await press(page, "Continue");
      await heading(page, "Ready");
      await faultless(page);
      await done();
    });
  }
});

/** Somebody who sets up, and what it takes: each field that is typed, each press. From no step is there no way on. */
function merchantOn(page) {
  const began = performance.now();
  const main = page.getByRole("main");
  return {
    fields: 0,
    clicks: 0,
    effort() {
      return `${this.fields} fields and ${this.clicks} presses`;
    },
    seconds: () => ((performance.now() - began) / 1000).toFixed(1),
    async types(role, name, text) {
      this.fields += 1;
      await main.getByRole(role, { name, exact: true }).fill(text);
    },
    async typesSecret(text) {
      this.fields += 1;
      await main.getByLabel("Client secret", { exact: true }).fill(text);
    },
    async presses(name) {
      this.clicks += 1;
      await main.getByRole("button", { name, exact: true }).click();
    },
    /** There is one button that leads on from this step, it can be pressed, and it leads to the next. */
    async goesOn(name, to) {
      assert.equal(await main.getByRole("button", { name, exact: true }).count(), 1, `one way to “${to}”`);
      await this.presses(name);
      await heading(page, to);
    },
  };
}
