import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Remedy } from "../../api/generated/Remedy";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";

const VAT = { name: "A VAT row is missing" };

async function opened(options: Parameters<typeof open>[1] = {}) {
  const opening = await open("#/fixes", { orders: 120, ...options });
  const cause = await screen.findByRole("article", VAT);
  return { ...opening, cause };
}

describe("a fix", () => {
  it("is chosen in the card, previewed with each document, kept, and told by what the run did", async () => {
    const { user, backend, container, cause } = await opened();
    await user.click(within(cause).getByRole("button", { name: "Fix it" }));
    // The suggestion is filled in, with what speaks for it.
    expect(await within(cause).findByText(/has 12 % in zone NO-IN/)).toBeVisible();
    expect(within(cause).getByRole("combobox", { name: /VAT category/ })).toHaveValue("12");
    await user.click(within(cause).getByRole("button", { name: "See what will be booked" }));
    expect(await within(cause).findByText("9 records can be booked.")).toBeVisible();
    const list = within(cause).getByRole("region", { name: "What will be booked" });
    const row = within(list).getAllByRole("row")[1];
    expect(row).toHaveTextContent(/#1\d+/);
    expect(row).toHaveTextContent("12 Oct 2026");
    expect(row).toHaveTextContent("10001");
    expect(backend.calls.some(({ name }) => name === "fix")).toBe(false);
    await expectAccessible(container);

    await user.click(within(cause).getByRole("button", { name: "Keep it and book 9" }));
    expect(await screen.findByText("9 booked, 0 left")).toBeVisible();
    expect(screen.getByText(/What is booked stays/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
    expect(backend.calls.find(({ name }) => name === "fix")?.request).toMatchObject({
      revision: 3,
      cause: { kind: "order", code: "vat-unmapped", params: { rate: "12", country: "NO" } },
      choice: { kind: "rows", of: [{ table: "vat", key: { rate: "12" }, values: { category: "12", zone: "NO-IN" } }] },
    });
  });

  it("says so when what became of it cannot be read", async () => {
    const { user, backend, cause } = await opened();
    backend.failing.set("tried", { code: "store-damaged", params: { detail: "page 7" } });
    await user.click(within(cause).getByRole("button", { name: "Fix it" }));
    await user.click(await within(cause).findByRole("button", { name: "See what will be booked" }));
    await user.click(await within(cause).findByRole("button", { name: "Keep it and book 9" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("page 7");
    expect(screen.queryByText(/booked, \d+ left/)).toBeNull();
  });

  it("that is kept for later can be taken back", async () => {
    const { user, backend, cause } = await opened();
    await user.click(within(cause).getByRole("button", { name: "Fix it" }));
    await user.click(await within(cause).findByRole("button", { name: "See what will be booked" }));
    await user.click(await within(cause).findByRole("button", { name: "Keep it, book later" }));
    expect(await screen.findByText(/^The choice is kept. 9 records are tried again/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("The choice is taken back.")).toBeVisible();
    expect(backend.calls.find(({ name }) => name === "fix_undo")?.request).toEqual({ revision: 4 });
  });

  it("by which nothing was booked can be taken back after the run", async () => {
    const { user, cause } = await opened({ mended: [] });
    await user.click(within(cause).getByRole("button", { name: "Fix it" }));
    await user.click(await within(cause).findByRole("button", { name: "See what will be booked" }));
    await user.click(await within(cause).findByRole("button", { name: "Keep it and book 9" }));
    expect(await screen.findByText("0 booked, 9 left")).toBeVisible();
    expect(screen.getByRole("button", { name: "Undo" })).toBeVisible();
  });

  it("that booked something says so when it is to be taken back", async () => {
    const { user, backend, cause } = await opened();
    await user.click(within(cause).getByRole("button", { name: "Fix it" }));
    await user.click(await within(cause).findByRole("button", { name: "See what will be booked" }));
    await user.click(await within(cause).findByRole("button", { name: "Keep it, book later" }));
    backend.failing.set("fix_undo", { code: "fix-booked", params: { count: "9" } });
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("9 of these records are sent to Visma.net");
  });

  it("forgets what it showed when the choice becomes another", async () => {
    const { user, cause } = await opened();
    await user.click(within(cause).getByRole("button", { name: "Fix it" }));
    await user.click(await within(cause).findByRole("button", { name: "See what will be booked" }));
    await within(cause).findByText("9 records can be booked.");
    const category = within(cause).getByRole("combobox", { name: /VAT category/ });
    await user.clear(category);
    await user.type(category, "25");
    await user.click(await screen.findByRole("option", { name: "25" }));
    await waitFor(() => expect(within(cause).queryByText("9 records can be booked.")).toBeNull());
    expect(within(cause).queryByRole("button", { name: "Keep it and book 9" })).toBeNull();
  });
});

describe("the choice", () => {
  async function withRemedy(choice: Remedy["choice"], shop_page: Remedy["shop_page"] = null) {
    const opening = await opened();
    opening.backend.answers.set("remedy", { revision: 3, looked: "shown", choice, shop_page } satisfies Remedy);
    await opening.user.click(within(opening.cause).getByRole("button", { name: "Fix it" }));
    return opening;
  }

  const nobody = { registration: null, currency: "NOK", class: "10", status: "Active", ours: false };

  it("between customers shows them side by side, and nobody is chosen beforehand", async () => {
    const { user, backend, cause, container } = await withRemedy({
      kind: "customers",
      of: {
        buyer: { ...nobody, number: null, name: "Kari Nordmann", email: "kari@example.no", class: null, status: null },
        customers: [
          { ...nobody, number: "10001", name: "Kari Nordmann", email: "kari@example.no" },
          { ...nobody, number: "10007", name: "K. Nordmann", email: "kari@example.no", ours: true },
        ],
      },
    });
    const group = await within(cause).findByRole("group", { name: "Which customer is it?" });
    expect(within(group).getAllByRole("radio")).toHaveLength(2);
    expect(within(cause).getByRole("button", { name: "See what will be booked" })).toBeDisabled();
    await user.click(within(group).getByRole("radio", { name: /^Customer 10007/ }));
    await expectAccessible(container);
    await user.click(within(cause).getByRole("button", { name: "See what will be booked" }));
    await waitFor(() =>
      expect(backend.calls.find(({ name }) => name === "fix_preview")?.request).toMatchObject({
        choice: { kind: "customer", of: "10007" },
      }),
    );
  });

  it("of a setting is filled with what lets the records pass", async () => {
    const { user, backend, cause } = await withRemedy({
      kind: "settings",
      of: [
        {
          field: {
            path: "closed_period",
            control: { kind: "choice", of: ["hold", "first_open_day"] },
            value: "hold",
            default: "hold",
            when: null,
          },
          suggested: "first_open_day",
        },
      ],
    });
    expect(await within(cause).findByRole("combobox")).toHaveValue("Use the first open day");
    await user.click(within(cause).getByRole("button", { name: "See what will be booked" }));
    await waitFor(() =>
      expect(backend.calls.find(({ name }) => name === "fix_preview")?.request).toMatchObject({
        choice: { kind: "settings", of: { closed_period: "first_open_day" } },
      }),
    );
  });

  it("of what only a yes decides is a yes", async () => {
    const { cause } = await withRemedy({ kind: "approve", of: 3 });
    expect(await within(cause).findByText(/^Say yes to these 3 records/)).toBeVisible();
    expect(within(cause).getByRole("button", { name: "See what will be booked" })).toBeEnabled();
  });

  it("that is none here leads to the shop", async () => {
    const { user, backend, cause } = await withRemedy(
      { kind: "elsewhere" },
      { name: "#1042", url: "https://x.myshopify.com/admin/orders/1" },
    );
    await user.click(await within(cause).findByRole("button", { name: "Open #1042 in Shopify" }));
    expect(backend.opened).toEqual(["https://x.myshopify.com/admin/orders/1"]);
    expect(within(cause).queryByRole("button", { name: "See what will be booked" })).toBeNull();
  });
});

it("opens the cause that a link names by one of its records", async () => {
  const { backend } = await open("#/overview", { orders: 120 });
  const groups = await backend.call("held", {});
  const group = groups.at(-1);
  const record = group?.records[0];
  window.location.hash = `#/fixes?kind=${record?.kind}&id=${record?.id}&code=${group?.reason.code}`;
  const link = await screen.findByRole("link", { name: record?.name ?? "" });
  const cause = link.closest("article");
  expect(within(cause as HTMLElement).getByRole("button", { name: /^Hide/ })).toBeVisible();
  expect(screen.getAllByRole("button", { name: /^Show/ }).length).toBeGreaterThan(0);
});
