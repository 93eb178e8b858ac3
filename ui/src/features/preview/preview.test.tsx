import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import type { PlanLine } from "../../api/generated/PlanLine";
import type { PreviewItem } from "../../api/generated/PreviewItem";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";

async function shown() {
  const page = await open("#/preview");
  await page.user.click(await screen.findByRole("button", { name: "Preview now" }));
  await screen.findByRole("grid", { name: "What the next sync would do" });
  return page;
}

it("shows counts and money per kind, and what is not shown", async () => {
  const { container } = await shown();
  const counts = screen.getByRole("table", { name: "What would be done, by kind" });
  expect(within(counts).getByRole("row", { name: /^Order 3 .*750\.00.* 1 1$/ })).toBeVisible();
  expect(within(counts).getByRole("row", { name: /^Stock 1/ })).toBeVisible();
  expect(screen.getByText(/^Not previewed:/)).toBeVisible();
  await expectAccessible(container);
});

it("shows a change line by line, with what it was", async () => {
  const { user, container } = await shown();
  await user.click(await screen.findByText("#5002"));
  const item = await screen.findByRole("region", { name: "What is done, line by line" });
  expect(await within(item).findByRole("row", { name: /changes FF-SOCK-40 .*2was 3/ })).toBeVisible();
  expect(within(item).getByRole("row", { name: /goes FF-SOCK-40 A cap/ })).toBeVisible();
  expect(within(item).getByRole("row", { name: "Delivery to Storgata 1 Nye gate 7" })).toBeVisible();
  expect(
    within(item).getByText(/What follows is decided when the order is booked: Payment: 1, Invoice: 1/),
  ).toBeVisible();
  await expectAccessible(container);
  await user.click(within(item).getByRole("button", { name: "Close" }));
  expect(screen.queryByRole("region", { name: "What is done, line by line" })).toBeNull();
});

const LINE: PlanLine = {
  part: "shipping/1",
  item: "FRAKT",
  account: "3105",
  unit: null,
  warehouse: null,
  description: "Express",
  quantity: "1",
  unit_price: "40",
  discount: "0",
  net: "40",
  vat_category: "25",
  vat_percent: "25",
  rule: "shipping",
};

/** Opens #5002 as the program tells it. */
async function opened(over: Partial<PreviewItem>) {
  const page = await shown();
  const told = await page.backend.call("preview_item", { kind: "order", id: "900002" });
  page.backend.answers.set("preview_item", { ...told, facts: [], lines: [], vat: [], follows: [], ...over });
  await page.user.click(await screen.findByText("#5002"));
  return { ...page, item: await screen.findByRole("region", { name: "What is done, line by line" }) };
}

it("shows account, unit and warehouse where a line names them, and what they were", async () => {
  const { item, container } = await opened({
    lines: [
      { change: "new", before: null, line: LINE, fields: [] },
      {
        change: "changed",
        before: { ...LINE, account: null, warehouse: "1" },
        line: { ...LINE, unit: "BOX", warehouse: "2" },
        fields: ["account", "unit", "warehouse"],
      },
      { change: "same", before: null, line: { ...LINE, account: null, description: "A mug" }, fields: [] },
    ],
  });
  expect(await within(item).findByRole("row", { name: /new FRAKT Express ?Account 3105 1/ })).toBeVisible();
  expect(
    within(item).getByText("Account 3105, was of the item \u00b7 Unit BOX, was of the item \u00b7 Warehouse 2, was 1"),
  ).toBeVisible();
  expect(within(item).getByRole("row", { name: /stays FRAKT A mug 1/ })).toBeVisible();
  await expectAccessible(container);
});

it("shows units alone where there is no money, and what is not known yet in words", async () => {
  const units = { ...LINE, account: null, unit_price: "", net: "", vat_category: "", vat_percent: "", rule: "" };
  const { item } = await opened({
    later: "shipment",
    lines: [{ change: "changed", before: { ...units, quantity: "2" }, line: units, fields: ["quantity"] }],
  });
  expect(await within(item).findByRole("row", { name: "changes FRAKT Express 1was 2" })).toBeVisible();
  expect(within(item).queryByRole("columnheader", { name: "VAT" })).toBeNull();
  expect(within(item).getByText(/^Visma.net puts on the shipment/)).toBeVisible();
});

it.each([
  [null, false, "Afterwards the order in Shopify shows the documents’ number, status, amount, due date and balance."],
  [
    "Invoiced",
    true,
    "Afterwards the order in Shopify shows the documents’ number, status, amount, due date and balance, and has the tag “Invoiced”. Once the invoice is paid in Visma.net, it is marked as paid.",
  ],
])("says what the shop's order is told: tag %s, paid %s", async (tag, marks_paid, told) => {
  const { item } = await opened({ back: { tag, marks_paid } });
  expect(await within(item).findByText(told)).toBeVisible();
});

it("shows the VAT category of a payout's accounts", async () => {
  const posting = { document: "1", cash_account: "1950-NOK", text: "Fee", amount: "35.10" };
  const { item } = await opened({
    postings: [
      { ...posting, account: "7770", vat_category: "11" },
      { ...posting, account: "1579", vat_category: null },
    ],
  });
  expect(await within(item).findByRole("row", { name: "7770 Fee 11 35.10" })).toBeVisible();
  expect(within(item).getByRole("columnheader", { name: "VAT category" })).toBeVisible();
});

it("says why something is not sent, with its remedy", async () => {
  const { user } = await shown();
  await user.click(screen.getByRole("combobox", { name: "Show" }));
  await user.click(await screen.findByRole("option", { name: "Needs you (1)" }));
  await user.click(await screen.findByText("#5004"));
  const item = await screen.findByRole("region", { name: "What is done, line by line" });
  expect(within(item).getByText("No item X-1 in Visma.net.")).toBeVisible();
  expect(await within(item).findByRole("link", { name: "Repair it in Fixes" })).toHaveAttribute(
    "href",
    "#/fixes?kind=order&id=900004&code=item-not-found",
  );
  expect(screen.queryByRole("button", { name: /^Send/ })).toBeNull();
});

it("sends exactly the ticked ones, and the rest remains", async () => {
  const { user, backend } = await shown();
  expect(screen.getByRole("button", { name: "Send" })).toBeDisabled();
  await user.click(await screen.findByRole("checkbox", { name: "Send Order #5001" }));
  await user.click(screen.getByRole("checkbox", { name: "Send Stock FF-7" }));
  await user.click(screen.getByRole("button", { name: "Send these 2" }));
  expect(await screen.findByText(/2 were sent\./)).toBeVisible();
  const sent = backend.calls.filter(({ name }) => name === "preview_send").map(({ request }) => request);
  expect(sent).toEqual([
    {
      at: "2026-10-31T13:05:00Z",
      all: false,
      items: [
        { kind: "order", id: "900001", digest: "d1" },
        { kind: "stock", id: "900007", digest: "d7" },
      ],
    },
  ]);
  await waitFor(() => expect(screen.queryByText("#5001")).toBeNull());
  expect(screen.getByText("#5003")).toBeVisible();
  // Nothing stays ticked.
  expect(screen.getByRole("button", { name: "Send" })).toBeDisabled();
});

it("approves two of three by the keyboard alone", async () => {
  const { user, backend, container } = await shown();
  const grid = screen.getByRole("grid", { name: "What the next sync would do" });
  await screen.findByText("#5003");
  for (let presses = 0; document.activeElement !== grid && presses < 60; presses += 1) await user.tab();
  expect(grid).toHaveFocus();
  await user.keyboard(" {ArrowDown} {ArrowDown} ");
  // What stands under the arrows, and is ticked, is what a reader of the screen is told.
  const told = () => document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
  expect(grid).toHaveAttribute("aria-multiselectable", "true");
  expect(told()).toHaveTextContent("#5003");
  expect(told()).toHaveAttribute("aria-selected", "true");
  await user.keyboard(" ");
  expect(told()).toHaveAttribute("aria-selected", "false");
  expect(screen.getByRole("checkbox", { name: "Send Order #5002" })).toBeChecked();
  expect(screen.queryByRole("region", { name: "What is done, line by line" })).toBeNull();
  await expectAccessible(container);
  const send = screen.getByRole("button", { name: "Send these 2" });
  for (let presses = 0; document.activeElement !== send && presses < 60; presses += 1) await user.tab();
  await user.keyboard("{Enter}");
  expect(await screen.findByText(/2 were sent\./)).toBeVisible();
  expect(backend.calls.find(({ name }) => name === "preview_send")?.request).toMatchObject({
    all: false,
    items: [{ id: "900001" }, { id: "900002" }],
  });
});

it("sends all but one, and tells what came out differently", async () => {
  const { user, backend } = await shown();
  await user.click(screen.getByRole("button", { name: "Choose all" }));
  expect(screen.getByRole("button", { name: "Send these 5" })).toBeEnabled();
  await user.click(screen.getByRole("checkbox", { name: "Send Order #5002" }));
  backend.preview.edited.add("900003");
  await user.click(screen.getByRole("button", { name: "Send these 4" }));
  expect(await screen.findByText(/3 were sent\./)).toBeVisible();
  expect(screen.getByText(/One came out differently, and nothing of it was sent\./)).toBeVisible();
  expect(screen.getByText(/#5003 is not what the preview showed any more/)).toBeVisible();
  expect(await screen.findByText("#5002")).toBeVisible();
  expect(screen.getByText("#5003")).toBeVisible();
  expect(screen.queryByText("#5001")).toBeNull();
});

it("shows how far it is, and can be stopped", async () => {
  const { user, backend } = await open("#/preview");
  const view = await backend.call("preview", {});
  backend.answers.set("preview", { ...view, doing: "looking" });
  const overview = await backend.call("overview", {});
  backend.answers.set("overview", {
    ...overview,
    run: { run: "9", phase: "previewing", done: 1200, total: 20000 },
  });
  backend.emit({ event: "preview", data: {} });
  expect(await screen.findByText("Looking at both sides")).toBeVisible();
  expect(await screen.findByText("Previewing: 1,200 of 20,000")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Stop" }));
  expect(backend.calls.some(({ name }) => name === "sync_stop")).toBe(true);
});

it("is found in the menu of Sync now, on the overview and by Ctrl+K", async () => {
  const { user } = await open("#/overview");
  expect(await screen.findByRole("link", { name: "Preview what would be sent" })).toHaveAttribute("href", "#/preview");
  await user.click(screen.getByRole("button", { name: "Choose what to sync" }));
  expect(await screen.findByRole("menuitem", { name: "Preview what would be sent" })).toHaveAttribute(
    "href",
    "#/preview",
  );
  await user.keyboard("{Escape}{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: /Find/ }), "Preview");
  expect(await screen.findByRole("option", { name: "Preview" })).toBeVisible();
});
