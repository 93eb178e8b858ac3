import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { expectAccessible } from "../test/axe";
import { open } from "../test/open";

describe("activity", () => {
  it("draws only the rows in sight of a long log, and reads on at the end", async () => {
    const { backend, container } = await open("#/activity", { log: 5000 });
    const grid = await screen.findByRole("grid", { name: "Activity" });
    await waitFor(() => expect(within(grid).getAllByRole("row").length).toBeGreaterThan(10));
    expect(within(grid).getAllByRole("row").length).toBeLessThan(60);
    expect(grid).toHaveAttribute("aria-rowcount", "-1");
    grid.scrollTop = 190 * 36;
    fireEvent.scroll(grid);
    await waitFor(() =>
      expect(backend.calls).toContainEqual({
        name: "activity",
        request: { search: null, kind: null, serious: false, from: null, to: null, before: 4801, limit: 200 },
      }),
    );
    await expectAccessible(container);
  });

  it("shows a new line at once", async () => {
    const { backend } = await open("#/activity");
    await screen.findAllByRole("row");
    await waitFor(() => expect(screen.getAllByRole("row").length).toBeGreaterThan(10));
    act(() =>
      backend.tell({
        event: "order-booked",
        level: "good",
        kind: "order",
        id_of_record: "1",
        name: "#4711",
        params: { document: "SO000223" },
      }),
    );
    expect(await screen.findByText("Order #4711 is booked as SO000223, read back and equal.")).toBeVisible();
  });

  it("renders an event that it has no words for", async () => {
    const { backend } = await open("#/activity");
    await waitFor(() => expect(screen.getAllByRole("row").length).toBeGreaterThan(10));
    act(() => backend.tell({ event: "moon-landed", kind: "order", name: "#4711", params: { crew: "3" } }));
    expect(await screen.findByText("Order #4711: Moon landed (crew 3).")).toBeVisible();
  });

  it("searches in the database, by `/`", async () => {
    const { backend, user } = await open("#/activity");
    await waitFor(() => expect(screen.getAllByRole("row").length).toBeGreaterThan(10));
    await user.keyboard("/#1007");
    await waitFor(() => expect(window.location.hash).toBe("#/activity?search=%231007"));
    await waitFor(() =>
      expect(backend.calls.some(({ request }) => (request as { search?: string }).search === "#1007")).toBe(true),
    );
    await waitFor(() => {
      const rows = screen.getAllByRole("row").slice(1);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row).toHaveTextContent("#1007");
    });
  });

  it("says how to get lines into an empty log", async () => {
    await open("#/activity", { empty: true });
    expect(await screen.findByText("Nothing happened yet.")).toBeVisible();
  });
});

describe("records", () => {
  it("filters by state from the address, counts the whole list, and opens a row by keyboard", async () => {
    const { user, container } = await open("#/records?kind=order&state=waiting", { orders: 300 });
    const grid = await screen.findByRole("grid", { name: "Records" });
    await waitFor(() => expect(within(grid).getAllByText("Waiting").length).toBeGreaterThan(5));
    const total = Number(grid.getAttribute("aria-rowcount")) - 1;
    expect(screen.getByText(`${total} records`)).toBeVisible();
    await expectAccessible(container);
    grid.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}");
    const active = grid.querySelector('[aria-selected="true"]');
    expect(active).toHaveAttribute("aria-rowindex", "4");
    const name = active?.querySelector('[role="gridcell"]')?.textContent ?? "";
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: new RegExp(`Order ${name}`) })).toBeVisible();
  });

  it("reads only the piece in sight", async () => {
    const { backend } = await open("#/records", { orders: 5000 });
    await waitFor(() => expect(screen.getAllByRole("row").length).toBeGreaterThan(10));
    const asked = backend.calls.filter((call) => call.name === "records");
    expect(asked).toHaveLength(1);
    expect(asked[0]?.request).toMatchObject({ offset: 0, limit: 100 });
  });

  it("says where names were not searched in all", async () => {
    const { backend, user } = await open("#/records");
    const cut = "Names were searched in the newest 20,000 records. Numbers were searched in all.";
    await screen.findByRole("grid");
    expect(screen.queryByText(cut)).toBeNull();
    backend.answers.set("records", { rows: [], total: 0, names_in_newest: 20000 });
    await user.type(screen.getByRole("textbox", { name: /^Order number/ }), "kari");
    expect(await screen.findByText(cut)).toBeVisible();
    expect(screen.getByText("No record fits the filter.")).toBeVisible();
  });

  it("offers to show all when nothing fits", async () => {
    const { user } = await open("#/records?search=nobody");
    await user.click(await screen.findByRole("button", { name: "Show all" }));
    expect(await screen.findByRole("grid")).toBeVisible();
  });
});

describe("a record's story", () => {
  it("shows facts on both sides, the plan with its rules, and each exchange on demand", async () => {
    const { user, container, backend } = await open("#/records/order/5550000001001");
    expect(await screen.findByRole("heading", { level: 1, name: /Order #1001/ })).toBeVisible();
    const facts = screen.getByRole("table", { name: "The same facts on both sides" });
    expect(within(facts).getByRole("row", { name: /VAT 25 %.*199\.60.*the same.*199\.60/ })).toBeVisible();
    expect(
      screen.getAllByRole("button", { name: /Rule: The item in Visma.net whose number is this product/ }),
    ).toHaveLength(2);
    expect(screen.queryByText(/"unitPrice": 399\.20/)).toBeNull();
    await user.click(screen.getByRole("button", { name: /Show request and answer/ }));
    // The number keeps its last zero: the text is laid out, not parsed.
    expect(screen.getByText(/"unitPrice": 399\.20/)).toBeVisible();
    await expectAccessible(container);
    await user.click(screen.getByRole("button", { name: "Open in Shopify" }));
    expect(backend.opened).toEqual(["https://admin.shopify.com/store/fjord-og-fjell/orders/5550000001001"]);
  });

  it("says that a number was copied", async () => {
    const { user } = await open("#/records/order/5550000001001");
    await user.click(await screen.findByRole("button", { name: "Copy #1001" }));
    expect(await navigator.clipboard.readText()).toBe("#1001");
    expect((await screen.findAllByText("Copied")).length).toBeGreaterThan(0);
  });

  it("tells a held record's cause and remedy, and tries it again", async () => {
    const { user, backend } = await open("#/records/order/5550000001006");
    expect(await screen.findByText("No VAT row for 12 % on goods to Norway (domestic).")).toBeVisible();
    expect(screen.getByText("Map this VAT row, then retry the orders that wait for it.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Retry" }));
    await waitFor(() =>
      expect(backend.calls).toContainEqual({
        name: "retry",
        request: { kind: "records", of: [{ kind: "order", id: "5550000001006" }] },
      }),
    );
    await waitFor(() => expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Booked"), {
      timeout: 5000,
    });
  });

  it("says so when the record is not there", async () => {
    await open("#/records/order/1");
    expect(await screen.findByText("Order 1 is not in Shopify any more.")).toBeVisible();
  });

  it("goes back on Escape", async () => {
    const { user } = await open("#/records");
    window.location.hash = "#/records/order/5550000001001";
    await screen.findByRole("heading", { level: 1, name: /Order #1001/ });
    await user.keyboard("{Escape}");
    expect(await screen.findByRole("heading", { level: 1, name: "Records" })).toBeVisible();
  });
});

describe("fixes", () => {
  it("groups by cause with count, money and remedy, and tells the result of a retry", async () => {
    const { user, container } = await open("#/fixes", { orders: 120 });
    const cause = await screen.findByRole("article", { name: "A VAT row is missing" });
    expect(within(cause).getByText("9 records")).toBeVisible();
    expect(within(cause).getByText(/Map this VAT row/)).toBeVisible();
    expect(within(cause).getAllByText("NOK").length).toBeGreaterThan(0);
    await expectAccessible(container);
    await user.click(within(cause).getByRole("button", { name: "Retry 9" }));
    expect(await screen.findByText("9 booked, 0 left")).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("article", { name: "A VAT row is missing" })).toBeNull());
  });

  it("retries everything that waits for a cause, also what its list has no room for", async () => {
    const { user, backend } = await open("#/fixes", { orders: 120, listed: 2 });
    const cause = await screen.findByRole("article", { name: "A VAT row is missing" });
    await user.click(within(cause).getByRole("button", { name: "Retry 9" }));
    expect(await screen.findByText("9 booked, 0 left")).toBeVisible();
    expect(backend.calls.find((call) => call.name === "retry")?.request).toMatchObject({
      kind: "causes",
      of: [{ kind: "order", code: "vat-unmapped", params: { rate: "12" } }],
    });
  });

  it("shows each record's own sentence and retries one", async () => {
    const { user, backend } = await open("#/fixes", { orders: 120 });
    const cause = await screen.findByRole("article", { name: "The totals differ" });
    await user.click(within(cause).getByRole("button", { name: "Show records" }));
    expect(within(cause).getAllByText(/add up to 1,199\.95, but Shopify says 1,200\.00/).length).toBe(4);
    const [first] = within(cause).getAllByRole("button", { name: /^Retry #/ });
    if (first === undefined) throw new Error("no record");
    await user.click(first);
    expect(await screen.findByText("0 booked, 1 left")).toBeVisible();
    expect(backend.calls.find((call) => call.name === "retry")?.request).toMatchObject({
      kind: "records",
      of: [{ kind: "order" }],
    });
  });

  it("says that nothing needs a person", async () => {
    await open("#/fixes", { empty: true });
    expect(await screen.findByText("Nothing needs you.")).toBeVisible();
  });

  it("keeps the list and says why when a retry is refused", async () => {
    const { user, backend } = await open("#/fixes", { orders: 120 });
    backend.failing.set("retry", { code: "store-disk-full", params: {} });
    await user.click(await screen.findByRole("button", { name: "Retry all 13" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The disk is full");
    expect(screen.getByRole("article", { name: "A VAT row is missing" })).toBeVisible();
  });
});
