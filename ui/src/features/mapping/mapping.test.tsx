import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { MappingPreview } from "../../api/generated/MappingPreview";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";
import { placeOf, rowId } from "./place";

const ROW = rowId({
  destination: "NO",
  rate: "12",
  kind: "goods",
  party: "private",
  scheme: "domestic",
  dispatch: "NO",
});

describe("mapping", () => {
  it("goes from a cause to its row, takes the suggestion, shows what changes, saves and books", async () => {
    const { user, backend, container } = await open("#/fixes", { orders: 120 });
    const cause = await screen.findByRole("article", { name: "A VAT row is missing" });
    await user.click(within(cause).getByRole("button", { name: "Fix it" }));
    await user.click(await within(cause).findByRole("link", { name: "Map it" }));
    const editor = await screen.findByRole("dialog", { name: /^Norway · 12.% · goods · private · domestic$/ });
    expect(within(editor).getByText("9 records wait")).toBeVisible();
    expect(within(editor).getByText("Utgående mva, lav sats has 12 % in zone NO-IN.")).toBeVisible();
    await user.click(within(editor).getByRole("button", { name: "Take it" }));
    await user.click(within(editor).getByRole("button", { name: "Done" }));
    expect(await screen.findByText("1 change")).toBeVisible();
    await expectAccessible(container);

    await user.click(screen.getByRole("button", { name: "See what changes" }));
    const preview = await screen.findByRole("dialog", { name: "What changes" });
    expect(within(preview).getByText("9 records can be booked.")).toBeVisible();
    expect(backend.calls.some(({ name }) => name === "put_mapping")).toBe(false);
    await expectAccessible(preview);
    await user.click(within(preview).getByRole("button", { name: "Save" }));
    await user.click(await screen.findByRole("button", { name: "Book 9 now" }));
    expect(await screen.findByText("9 booked, 0 left")).toBeVisible();
    expect(backend.calls.find(({ name }) => name === "put_mapping")?.request).toMatchObject({
      revision: 3,
      rows: [{ table: "vat", key: { rate: "12" }, values: { category: "12", zone: "NO-IN" } }],
    });
  });

  it("undoes a change that is not saved, and one that is", async () => {
    const { user, backend } = await open("#/mapping/vat", { orders: 120 });
    await user.click(await screen.findByRole("button", { name: "Take 1 suggestion" }));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(screen.queryByText("1 change")).toBeNull());
    await user.click(screen.getByRole("button", { name: /^Take it: the suggestion for Norway/ }));
    await user.click(await screen.findByRole("button", { name: "See what changes" }));
    await user.click(await screen.findByRole("button", { name: "Save" }));
    await user.click(await screen.findByRole("button", { name: "Undo the change" }));
    expect(await screen.findByText("The change is undone.")).toBeVisible();
    expect(backend.calls.find(({ name }) => name === "settings_back")?.request).toEqual({ revision: 4, before: 4 });
    expect(await screen.findByRole("button", { name: "Take 1 suggestion" })).toBeVisible();
  });

  it("says that what was booked meanwhile stays when a change is undone", async () => {
    const { user, backend } = await open("#/mapping/vat", { orders: 120 });
    await user.click(await screen.findByRole("button", { name: "Take 1 suggestion" }));
    await user.click(await screen.findByRole("button", { name: "See what changes" }));
    await user.click(await screen.findByRole("button", { name: "Save" }));
    backend.answers.set("settings_back", { revision: 5, made: 12, running: true });
    await user.click(await screen.findByRole("button", { name: "Undo the change" }));
    const told = await screen.findByText(/undone for what comes next/);
    expect(told).toHaveTextContent("12 records were sent since the change, and stay as they are.");
    expect(told).toHaveTextContent("A sync is under way");
    expect(screen.queryByText("The change is undone.")).toBeNull();
  });

  it("books all that a change lets through, and counts all of them", async () => {
    const { user, backend } = await open("#/mapping/vat", { orders: 120 });
    await user.click(await screen.findByRole("button", { name: "Take 1 suggestion" }));
    await user.click(await screen.findByRole("button", { name: "See what changes" }));
    await user.click(await screen.findByRole("button", { name: "Save" }));
    backend.answers.set("tried", { booked: 500, left: 0, other: 0 });
    await user.click(await screen.findByRole("button", { name: "Book 9 now" }));
    expect(await screen.findByText("500 booked, 0 left")).toBeVisible();
    expect(backend.calls.find(({ name }) => name === "retry")?.request).toEqual({ kind: "attempt", of: 1 });
  });

  it("shows what would be booked differently, and how far it was looked", async () => {
    const { user, backend, container } = await open("#/mapping/vat", { orders: 120 });
    const { rows } = await backend.call("records", {
      kind: "order",
      search: null,
      state: "booked",
      offset: 0,
      limit: 1,
    });
    backend.answers.set("mapping_preview", {
      acts_on: ["buffers"],
      looked: 5000,
      seen: 5000,
      stored: 7400,
      pass: 4990,
      freed: 9,
      held: 10,
      stopped: 3,
      waiting: 0,
      skipped: 0,
      open: 0,
      changed: 80,
      booked: { looked: 1000, stored: 9000, changed: 20, held: 1 },
      rows: [],
      differing: rows.map((record) => ({
        record,
        facts: [
          { name: "vat_category", of: null, before: "25", after: "15" },
          { name: "unit_price", of: null, before: "1234.5", after: null },
        ],
      })),
      attempt: 1,
    } satisfies MappingPreview);
    await user.click(await screen.findByRole("button", { name: "Take 1 suggestion" }));
    await user.click(await screen.findByRole("button", { name: "See what changes" }));
    const preview = await screen.findByRole("dialog", { name: "What changes" });
    for (const sentence of [
      "4,990 records can be booked.",
      "9 of them are not booked without this change.",
      "80 orders would be booked differently.",
      "3 orders that could be booked would be held by this change.",
      /^Of the 1,000 newest booked orders, 20 would be booked differently today and 1 would be held/,
      /^Looked at 5,000 of 7,400 records/,
      /^Stock kept back decides what the shop may sell/,
      "The first 1 of 100.",
    ])
      expect(within(preview).getByText(sentence)).toBeVisible();
    const table = within(preview).getByRole("table", { name: "Booked differently" });
    const row = within(table).getAllByRole("row")[1];
    expect(row).toHaveTextContent(/Is booked, stays.*VAT category.*25.*15/);
    expect(within(table).getAllByRole("row")[2]).toHaveTextContent("Net price1,234.50\u2013");
    await expectAccessible(container);
  });

  it("opens a row by keyboard and chooses with search", async () => {
    const { user } = await open("#/mapping/vat");
    const grid = await screen.findByRole("grid", { name: "VAT" });
    await waitFor(() => expect(within(grid).getAllByRole("row").length).toBe(4));
    grid.focus();
    await user.keyboard("{ArrowDown}{Enter}");
    const editor = await screen.findByRole("dialog", { name: /25.%/ });
    const category = within(editor).getByRole("combobox", { name: /VAT category/ });
    await user.clear(category);
    await user.type(category, "00");
    await user.click(await screen.findByRole("option", { name: "00" }));
    await user.keyboard("{Escape}");
    expect(await screen.findByText("1 change")).toBeVisible();
  });

  it("adds a row", async () => {
    const { user, backend } = await open("#/mapping/house");
    expect(await screen.findByText("There is no row yet.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Add a row" }));
    const dialog = await screen.findByRole("dialog", { name: "Add a row" });
    await user.type(within(dialog).getByRole("textbox", { name: /Country/ }), "se");
    await user.click(within(dialog).getByRole("combobox", { name: /Currency/ }));
    await user.click(await screen.findByRole("option", { name: "NOK" }));
    await user.click(within(dialog).getByRole("button", { name: "Add a row" }));
    const editor = await screen.findByRole("dialog", { name: "Sweden · NOK" });
    await user.type(within(editor).getByRole("textbox", { name: /Customer number/ }), "10001");
    await user.click(within(editor).getByRole("button", { name: "Done" }));
    await user.click(await screen.findByRole("button", { name: "See what changes" }));
    await screen.findByRole("dialog", { name: "What changes" });
    expect(backend.calls.find(({ name }) => name === "mapping_preview")?.request).toEqual({
      revision: 3,
      rows: [{ table: "house", key: { country: "SE", currency: "NOK" }, values: { customer: "10001" } }],
    });
  });

  it("opens the row that is there when somebody adds it again, and takes nothing away", async () => {
    const { user, backend } = await open("#/mapping/vat", { orders: 120 });
    await user.click(await screen.findByRole("button", { name: "Add a row" }));
    const dialog = await screen.findByRole("dialog", { name: "Add a row" });
    const choose = async (label: RegExp, option: string) => {
      await user.click(within(dialog).getByRole("combobox", { name: label }));
      await user.click(await screen.findByRole("option", { name: option }));
    };
    await user.type(within(dialog).getByRole("textbox", { name: /Country/ }), "no ");
    await user.type(within(dialog).getByRole("textbox", { name: /Rate/ }), "25,0");
    await choose(/What is sold/, "goods");
    await choose(/Who buys/, "private");
    await choose(/VAT scheme/, "domestic");
    await user.click(within(dialog).getByRole("button", { name: "Add a row" }));
    const editor = await screen.findByRole("dialog", { name: /^Norway · 25.% · goods · private · domestic$/ });
    expect(within(editor).getByText("This row is there already. You can change it here.")).toBeVisible();
    expect(within(editor).getByRole("combobox", { name: /VAT category/ })).not.toHaveValue("");
    await user.click(within(editor).getByRole("button", { name: "Done" }));
    await user.click(await screen.findByRole("button", { name: "Take 1 suggestion" }));
    expect(await screen.findByText("1 change")).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "See what changes" }));
    await screen.findByRole("dialog", { name: "What changes" });
    expect(backend.calls.find(({ name }) => name === "mapping_preview")?.request).toMatchObject({
      rows: [{ table: "vat", key: { rate: "12" } }],
    });
  });

  it("shows an exchange rate as people write it, with its own headings", async () => {
    const { user } = await open("#/mapping/rates");
    const grid = await screen.findByRole("grid", { name: "Exchange rates" });
    expect(within(grid).getByRole("columnheader", { name: "Rate" })).toBeVisible();
    expect(within(grid).getByText(/^EUR · NOK · /)).not.toHaveTextContent("2026-10-01");
    await user.click(within(grid).getByText("11.52"));
    expect(await screen.findByRole("textbox", { name: /Rate/ })).toHaveValue("11.52");
  });

  it("says why of what is chosen, too, and that a number is typed where no accounts can be read", async () => {
    const { user } = await open("#/mapping/items");
    const grid = await screen.findByRole("grid", { name: "Items" });
    await user.click(await within(grid).findByText("FRAKT Frakt"));
    const editor = await screen.findByRole("dialog", { name: "Shipping" });
    expect(within(editor).getByText("The item is called “Frakt”.")).toBeVisible();
    expect(within(editor).queryByRole("button", { name: "Take it" })).toBeNull();
    expect(within(editor).getByRole("textbox", { name: /Account/ })).toHaveAccessibleDescription(
      "Visma.net does not show its accounts to Brygga. Type the number.",
    );
    await user.click(within(editor).getByRole("button", { name: "Done" }));
    // What stands for products has the account that its item has.
    await user.click(await within(grid).findByText("Products without an item"));
    const other = await screen.findByRole("dialog", { name: "Products without an item" });
    expect(within(other).getByRole("combobox", { name: /Item/ })).toBeVisible();
    expect(within(other).queryByRole("textbox", { name: /Account/ })).toBeNull();
  });

  it("adds units kept back of an item, and no row about nothing", async () => {
    const { user, backend } = await open("#/mapping/buffers");
    await user.click(await screen.findByRole("button", { name: "Add a row" }));
    const dialog = await screen.findByRole("dialog", { name: "Add a row" });
    const add = within(dialog).getByRole("button", { name: "Add a row" });
    expect(add).toBeDisabled();
    await user.type(within(dialog).getByRole("textbox", { name: /Item/ }), "MUG-1");
    await user.click(add);
    const editor = await screen.findByRole("dialog", { name: "MUG-1" });
    await user.type(within(editor).getByRole("textbox", { name: /Units kept back/ }), "2");
    await user.click(within(editor).getByRole("button", { name: "Done" }));
    await user.click(await screen.findByRole("button", { name: "See what changes" }));
    await screen.findByRole("dialog", { name: "What changes" });
    expect(backend.calls.find(({ name }) => name === "mapping_preview")?.request).toEqual({
      revision: 3,
      rows: [{ table: "buffers", key: { item: "MUG-1" }, values: { buffer: "2" } }],
    });
  });

  it("says so when somebody else changed the settings, and keeps what was chosen", async () => {
    const { user, backend } = await open("#/mapping/vat", { orders: 120 });
    await user.click(await screen.findByRole("button", { name: "Take 1 suggestion" }));
    backend.failing.set("put_mapping", { code: "settings-stale", params: {} });
    await user.click(await screen.findByRole("button", { name: "See what changes" }));
    await user.click(await screen.findByRole("button", { name: "Save" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The settings were changed meanwhile.");
    expect(screen.getByText("1 change")).toBeInTheDocument();
  });
});

describe("the place of a cause", () => {
  it("is the row that it lacks", () => {
    const params = { country: "NO", rate: "12", kind: "goods", party: "private", scheme: "domestic", dispatch: "NO" };
    const address = placeOf({ code: "vat-unmapped", params }) ?? "";
    expect(new URLSearchParams(address.split("?")[1]).get("row")).toBe(ROW);
    expect(placeOf({ code: "special-item-unmapped", params: { kind: "cash rounding" } })).toBe(
      "#/mapping/items?row=for%3Dcash_rounding",
    );
    expect(placeOf({ code: "special-item-unmapped", params: { kind: "warehouse", location: "7009" } })).toBe(
      "#/mapping/warehouses?row=location%3D7009",
    );
    expect(placeOf({ code: "rate-missing", params: { source: "fixed" } })).toBe("#/mapping/rates");
    expect(placeOf({ code: "rate-missing", params: { source: "ECB" } })).toBeUndefined();
    expect(placeOf({ code: "totals-differ", params: {} })).toBeUndefined();
  });
});
