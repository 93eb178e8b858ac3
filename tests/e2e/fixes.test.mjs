/** A cause repaired where it is shown: from held to booked, and a choice that is taken back before anything was booked by it. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BROWSER, launch } from "./browser.mjs";
import { startHost } from "./host.mjs";

const WAIT_MS = 120_000;

describe("a fix", { skip: BROWSER === undefined }, () => {
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

  it("is chosen in place, previewed, taken back, chosen again, and books what waited", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    const problems = [];
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(host.url);
    await page.getByRole("heading", { level: 1 }).waitFor();
    if (host.real) {
      // Nothing may run by itself between the choice and its undo.
      await rpc(page, "pause", {});
      await withoutRow(page);
    }
    await sync(page);
    await goTo(page, "fixes");

    const cause = page.getByRole("article").filter({ hasText: /No VAT row for \d+ % on goods to Norway \(domestic\)/ });
    await choose(cause);
    await cause.getByRole("button", { name: "Keep it, book later" }).click();
    await page.getByText(/^The choice is kept\./).waitFor();
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByText("The choice is taken back.").waitFor();
    await cause.waitFor();

    await cause.getByRole("button", { name: "Close" }).click();
    await choose(cause);
    await cause.getByRole("button", { name: /^Keep it and book \d+$/ }).click();
    const result = await page.getByText(/^\d+ booked, \d+ left$/).textContent();
    // Some may be held for another reason, which only looking them up in Visma.net tells.
    assert.match(result ?? "", /^[1-9]\d* booked, /);
    await page.getByText(/^What is booked stays\./).waitFor();
    await cause.waitFor({ state: "detached" });
    await context.close();
    assert.deepEqual(problems, []);
  });

  /** Opens the card, takes what is suggested, and looks at what it would book. */
  async function choose(cause) {
    await cause.getByRole("button", { name: "Fix it" }).click();
    await cause.getByRole("button", { name: "See what will be booked" }).click();
    await cause.getByText(/^[1-9]\d* records? can be booked\.$/).waitFor();
    const list = cause.getByRole("region", { name: "What will be booked" });
    // A document has its date and its total before anything is sent.
    await list
      .getByRole("row")
      .filter({ hasText: /\d+ \w+ 20\d\d.*\d\.\d\d/ })
      .first()
      .waitFor();
  }

  /** The practice pair starts with every row mapped: one is taken away, as if it had never been there. */
  async function withoutRow(page) {
    const view = await rpc(page, "mapping", {});
    const vat = view.tables.find((table) => table.name === "vat");
    const row = vat.rows.find(
      ({ key, values }) =>
        key.destination === "NO" &&
        key.rate === "25" &&
        key.kind === "goods" &&
        key.party === "private" &&
        values.category,
    );
    await rpc(page, "put_mapping", { revision: view.revision, rows: [{ table: "vat", key: row.key, values: {} }] });
  }

  async function rpc(page, name, request) {
    const url = new URL(page.url());
    const token = new URLSearchParams(new URL(host.url).hash.slice(1)).get("token");
    const response = await fetch(`${url.origin}/rpc/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-brygga-token": token },
      body: JSON.stringify(request),
    });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  }

  async function goTo(page, route) {
    await page.evaluate((hash) => {
      window.location.hash = hash;
    }, `#/${route}`);
  }

  async function sync(page) {
    await page.keyboard.press("F5");
    await goTo(page, "overview");
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await page.getByRole("button", { name: "Sync now", exact: true }).waitFor();
  }
});
