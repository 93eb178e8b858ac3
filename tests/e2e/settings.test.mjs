/** Choices that are kept, a file of them, the window's language and theme; and what leaves the window as a file. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { BROWSER } from "./browser.mjs";
import { hosted } from "./hosted.mjs";
import { goTo, heading, openPage, press, sync } from "./page.mjs";

describe("settings and files", { skip: BROWSER === undefined }, () => {
  const on = hosted();

  /** What a press of a button saves: its name and its bytes. */
  async function saved(page, doIt) {
    const [download] = await Promise.all([page.waitForEvent("download"), doIt()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  async function choose(page, name, option) {
    await page.getByRole("combobox", { name, exact: true }).click();
    await page.getByRole("option", { name: option, exact: true }).click();
  }

  it("keeps a choice, shows who made it, and goes back", async () => {
    const { page, done } = await openPage(on.browser, on.host.url);
    await goTo(page, "settings");
    const when = page.getByRole("combobox", { name: "When an order is booked" });
    await when.waitFor();
    const before = await when.inputValue();
    await choose(page, "When an order is booked", "When it is fulfilled");
    await page.getByRole("list", { name: "1 change" }).waitFor();
    await press(page, "Save");
    await page.getByText("Saved.").waitFor();
    await page.reload();
    await when.waitFor();
    assert.equal(await when.inputValue(), "When it is fulfilled");

    await press(page, "Settings file and history");
    await page.getByRole("menuitem", { name: "History" }).click();
    const history = page.getByRole("dialog", { name: "History" });
    await history
      .getByText(/In this window/)
      .first()
      .waitFor();
    await history.getByRole("button", { name: "Go back to before this" }).first().click();
    await page.waitForFunction(
      (wanted) => [...document.querySelectorAll("input")].some((input) => input.value === wanted),
      before,
    );
    await page.reload();
    await when.waitFor();
    assert.equal(await when.inputValue(), before);
    await done();
  });

  it("puts the choices into a file, and takes them from it", async () => {
    const { page, done } = await openPage(on.browser, on.host.url);
    await goTo(page, "settings");
    const file = await saved(page, async () => {
      await press(page, "Settings file and history");
      await page.getByRole("menuitem", { name: "Export to a file" }).click();
    });
    assert.match(file.name, /^brygga-[a-z0-9-]+\.json$/);
    const chosen = JSON.parse(file.bytes.toString());
    const take = (choices) =>
      page.getByTestId("settings-file").setInputFiles({
        name: file.name,
        mimeType: "application/json",
        buffer: Buffer.from(JSON.stringify(choices)),
      });
    const sure = page.getByRole("dialog");
    await take(chosen);
    await sure.getByText(file.name).waitFor();
    await sure.getByText(/^Nothing would change/).waitFor();
    assert.ok(await sure.getByRole("button", { name: "Replace" }).isDisabled());
    await sure.getByRole("button", { name: "Cancel" }).click();
    await sure.waitFor({ state: "detached" });

    // Without its VAT, what would be held is told before; nothing of it is kept until it is taken over.
    await take({ ...chosen, vat: [] });
    await sure.getByText(/^\d+ places would change:/).waitFor();
    await sure.getByText("Nothing was sent. What is booked already stays as it is.").waitFor();
    await sure.getByRole("button", { name: "Cancel" }).click();
    await sure.waitFor({ state: "detached" });

    await take({ ...chosen, rounding_limit: 7 });
    await sure.getByText("1 place would change:").waitFor();
    await sure.getByRole("button", { name: "Replace" }).click();
    await page.getByText("The file is taken over.").waitFor();
    assert.equal(await sure.count(), 0);
    await done();
  });

  it("speaks another language at once, keeps it, and keeps the dark", async () => {
    const { page, done } = await openPage(on.browser, on.host.url);
    await goTo(page, "settings/window");
    await choose(page, "Language", "Suomi");
    await page.getByRole("link", { name: "Yleiskuva" }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "fi");
    await page.reload();
    await page.getByRole("link", { name: "Yleiskuva" }).waitFor();
    await choose(page, "Kieli", "English");
    await page.getByRole("link", { name: "Overview" }).waitFor();
    await choose(page, "Colours", "Dark");
    const scheme = page.locator("html");
    assert.equal(await scheme.getAttribute("data-mantine-color-scheme"), "dark");
    await page.reload();
    await page.getByRole("combobox", { name: "Colours" }).waitFor();
    assert.equal(await scheme.getAttribute("data-mantine-color-scheme"), "dark");
    await done();
  });

  it("saves what the log shows as CSV and as a workbook, with nothing in it that a spreadsheet runs", async () => {
    const { page, done } = await openPage(on.browser, on.host.url);
    await sync(page);
    await goTo(page, "activity");
    await heading(page, "Activity");
    await page.getByRole("row").nth(2).waitFor();
    const as = (kind) =>
      saved(page, async () => {
        await press(page, "Export");
        await page.getByRole("menuitem", { name: kind }).click();
      });
    const csv = await as("As CSV");
    assert.match(csv.name, /^brygga-activity-\d{4}-\d\d-\d\d\.csv$/);
    const lines = csv.bytes.toString().split("\r\n");
    assert.ok(lines.length > 20, `${lines.length} lines`);
    assert.ok(!lines.some((line) => /(^|[;,])"?\s*[=+@]/.test(line)), "no cell begins a formula");
    const book = await as("As an Excel workbook");
    assert.match(book.name, /\.xlsx$/);
    // A ZIP archive.
    assert.equal(book.bytes.subarray(0, 2).toString(), "PK");
    await page.getByText("The file is saved among your downloads.").waitFor();
    await done();
  });

  it("makes the file for whoever helps, without a name in it", async () => {
    const { page, done } = await openPage(on.browser, on.host.url);
    await goTo(page, "records?kind=order&state=booked");
    const party = await page.getByRole("gridcell").nth(1).textContent();
    await goTo(page, "help");
    const file = await saved(page, () => press(page, "Make the support file"));
    const text = file.bytes.toString();
    const { about } = JSON.parse(text);
    assert.ok(about.length > 0);
    assert.ok(party.trim() !== "" && !text.includes(party), party);
    await done();
  });
});
