import { act, renderHook, screen, waitFor, within } from "@testing-library/react";
import { IntlProvider } from "react-intl";
import { describe, expect, it, vi } from "vitest";
import nb from "../../i18n/nb.json";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";
import { useFieldWords } from "./words";

describe("settings", () => {
  it("shows every choice in words, says what changes, and saves only that", async () => {
    const { user, backend, container } = await open("#/settings");
    await user.click(await screen.findByRole("combobox", { name: "When an order is booked" }));
    await user.click(await screen.findByRole("option", { name: "When it is fulfilled" }));
    const changes = await screen.findByRole("list", { name: "1 change" });
    expect(
      within(changes).getByText(/Sales orders when paid, invoices when fulfilled → When it is fulfilled/),
    ).toBeVisible();
    expect(screen.getByText("Default: Sales orders when paid, invoices when fulfilled")).toBeVisible();
    await expectAccessible(container);
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Saved.")).toBeVisible();
    expect(backend.calls.find(({ name }) => name === "put_settings")?.request).toEqual({
      revision: 3,
      values: { "trigger/default": "fulfilled" },
    });
    await user.click(screen.getByRole("button", { name: "Undo the change" }));
    await waitFor(() =>
      expect(screen.queryByText("Default: Sales orders when paid, invoices when fulfilled")).toBeNull(),
    );
  });

  it("asks for what a choice brings with it, and only then", async () => {
    const { user } = await open("#/settings");
    await screen.findByRole("combobox", { name: "When an order is booked" });
    expect(screen.queryByRole("combobox", { name: "The item that stands for all" })).toBeNull();
    await user.click(screen.getByRole("combobox", { name: "A product without an item in Visma.net" }));
    await user.click(await screen.findByRole("option", { name: "Use one item for all" }));
    expect(await screen.findByRole("combobox", { name: "The item that stands for all" })).toBeVisible();
    await user.click(
      screen.getByRole("button", { name: "Back to the default: A product without an item in Visma.net" }),
    );
    await waitFor(() => expect(screen.queryByRole("button", { name: "Save" })).toBeNull());
  });

  it("says under a choice what it means, to who hears it as well, and finds it by that", async () => {
    const { user } = await open("#/settings");
    const gifts = await screen.findByRole("combobox", { name: "Gift cards" });
    expect(screen.getByText(/^Multi-purpose: the card pays for goods of any VAT rate/)).toBeVisible();
    expect(gifts).toHaveAccessibleDescription(/selling it is a debt to the customer/);
    expect(screen.getByRole("textbox", { name: "Minutes to wait before booking" })).toHaveAccessibleDescription(
      /^Time to change or cancel an order/,
    );
    const back = screen.getByRole("combobox", { name: "Locations where goods come back" });
    expect(back.closest('[role="group"]')).toHaveAccessibleDescription(/^What lies there is not for sale/);
    await user.keyboard("/debt to the");
    await waitFor(() => expect(screen.queryByRole("combobox", { name: "When an order is booked" })).toBeNull());
    expect(screen.getByRole("combobox", { name: "Gift cards" })).toBeVisible();
  });

  it("finds a setting by its words", async () => {
    const { user } = await open("#/settings");
    await screen.findByRole("heading", { name: "Orders" });
    await user.keyboard("/tag");
    await waitFor(() => expect(screen.queryByRole("combobox", { name: "When an order is booked" })).toBeNull());
    expect(screen.getByRole("textbox", { name: "Tag for invoiced orders" })).toBeVisible();
  });

  it("finds what is no choice by its words, too", async () => {
    const { user } = await open("#/settings", { desktop: true });
    await screen.findByRole("heading", { name: "Orders" });
    for (const [typed, region] of [
      ["backup", "Your data"],
      ["erase", "Your data"],
      ["support", "Your data"],
      ["connect again", "Connections"],
      ["shopify", "Connections"],
      ["start with the comp", "This computer"],
      ["quit", "This computer"],
      ["language", "This window"],
      ["suomi", "This window"],
      ["dark", "This window"],
    ] as const) {
      const box = screen.getByRole("textbox", { name: "Search the settings" });
      await user.clear(box);
      await user.type(box, typed);
      expect(await screen.findByRole("region", { name: region })).toBeVisible();
      await waitFor(() => expect(screen.queryByRole("region", { name: "Customers" })).toBeNull());
      expect(screen.queryByText(/^No setting has/)).toBeNull();
    }
    const box = screen.getByRole("textbox", { name: "Search the settings" });
    await user.clear(box);
    await user.type(box, "xyzzy");
    expect(await screen.findByText(/^No setting has/)).toBeVisible();
    expect(screen.queryAllByRole("region")).toHaveLength(0);
  });

  it("finds every heading and button of the sections that are no choices", async () => {
    const { user } = await open("#/settings/data", { desktop: true });
    const names = ["Your data", "Connections", "This computer", "This window"];
    const data = await screen.findByRole("region", { name: "Your data" });
    await user.type(within(data).getByRole("textbox", { name: /^Name, e-mail, phone/ }), "kari{Enter}");
    await within(data).findByRole("button", { name: "Erase Kari Nordmann" });
    const shown = () =>
      names.flatMap((region) => {
        const section = screen.getByRole("region", { name: region });
        return (["heading", "button", "link", "switch"] as const)
          .flatMap((role) => within(section).queryAllByRole(role))
          .map((found) => {
            const hidden = found.querySelector(".visually-hidden")?.textContent ?? "";
            const text = found.textContent?.replace(hidden, "").trim();
            return { region, text: text || (found.role === "switch" ? found.getAttribute("aria-label") : "") };
          });
      });
    const before = shown();
    await user.click(within(data).getByRole("button", { name: "Show the recovery key" }));
    await within(data).findByText(/^BRYGGA1 /);
    const wanted = [...before, ...shown()].filter(({ text }) => text);
    expect(wanted).toContainEqual({ region: "Your data", text: "Recovery key" });
    expect(wanted).toContainEqual({ region: "Your data", text: "Hide it" });
    for (const { region, text } of wanted) {
      act(() => {
        window.location.hash = `#/settings?search=${encodeURIComponent(text ?? "")}`;
      });
      await waitFor(() => expect(screen.queryByRole("region", { name: "Customers" }), text ?? "").toBeNull());
      expect(screen.queryByRole("region", { name: region }), `${region}: ${text}`).toBeInTheDocument();
    }
  }, 60_000);

  it("calls a channel as everywhere else", () => {
    const { result } = renderHook(() => useFieldWords(), {
      wrapper: ({ children }) => (
        <IntlProvider locale="nb-NO" messages={nb}>
          {children}
        </IntlProvider>
      ),
    });
    const called = (id: string, label = id) => result.current.called("leave_out/channels", { id, label });
    expect(called("pos")).toBe("Kassen i butikken");
    expect(called("shopify_draft_order")).toBe("Ordreutkast");
    expect(called("347082227713", "Messen")).toBe("Messen");
  });

  it("offers the shop’s locations and channels by their names, and keeps their ids", async () => {
    const { user, backend } = await open("#/settings");
    await user.click(await screen.findByRole("combobox", { name: "Leave out orders from these channels" }));
    await user.click(await screen.findByRole("option", { name: "Point of sale" }));
    await user.click(screen.getByRole("combobox", { name: "Locations where goods come back" }));
    await user.click(await screen.findByRole("option", { name: "Returer" }));
    expect(screen.getByText(/none → Returer/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(backend.calls.find(({ name }) => name === "put_settings")?.request).toEqual({
        revision: 3,
        values: { "leave_out/channels": ["pos"], "stock/return_locations": ["7002"] },
      }),
    );
  });

  it("keeps what was changed when it is refused, and says why", async () => {
    const { user, backend } = await open("#/settings");
    backend.failing.set("put_settings", { code: "settings-stale", params: {} });
    await user.click(await screen.findByRole("switch", { name: "Make invoices" }));
    await user.click(await screen.findByRole("button", { name: "Save" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The settings were changed meanwhile.");
    expect(screen.getByRole("list", { name: "1 change" })).toBeVisible();
  });

  it("shows who changed what, and goes back", async () => {
    const { user, backend } = await open("#/settings");
    await user.click(await screen.findByRole("button", { name: "Settings file and history" }));
    await user.click(await screen.findByRole("menuitem", { name: "History" }));
    const history = await screen.findByRole("dialog", { name: "History" });
    expect(await within(history).findByText(/In this window · kari/)).toBeVisible();
    expect(within(history).getByText("Largest rounding, in cents")).toBeVisible();
    expect(within(history).getByText("Warehouses: Lager Oslo")).toBeVisible();
    expect(within(history).getByText(/^VAT mapping: Norway \u00b7 15 % \u00b7 goods/)).toBeVisible();
    expect(within(history).getByText("VAT category 15 \u00b7 VAT zone NO-IN")).toBeVisible();
    await expectAccessible(history);
    const [first] = within(history).getAllByRole("button", { name: "Go back to before this" });
    if (first === undefined) throw new Error("no change to go back from");
    await user.click(first);
    await waitFor(() =>
      expect(backend.calls).toContainEqual({ name: "settings_back", request: { revision: 3, before: 3 } }),
    );
  });

  it("hands the settings out as a file, and takes one in after asking", async () => {
    URL.createObjectURL = vi.fn(() => "blob:settings");
    const { user, backend } = await open("#/settings");
    await user.click(await screen.findByRole("button", { name: "Settings file and history" }));
    await user.click(await screen.findByRole("menuitem", { name: "Export to a file" }));
    await waitFor(() => expect(URL.createObjectURL).toHaveBeenCalledOnce());
    const file = new File(['{ "rounding_limit": 7 }'], "mine.json", { type: "application/json" });
    await user.upload(screen.getByTestId("settings-file"), file);
    expect(await screen.findByText(/Replace all settings and mappings with those of mine.json/)).toBeVisible();
    const change = await screen.findByText("1 place would change:");
    expect(change).toBeVisible();
    expect(screen.getByText("7", { selector: "ins" })).toBeVisible();
    expect(screen.getByText("Nothing was sent. What is booked already stays as it is.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Replace" }));
    await waitFor(() =>
      expect(backend.calls).toContainEqual({
        name: "import_settings",
        request: { revision: 3, text: '{ "rounding_limit": 7 }' },
      }),
    );
  });

  it("says what of a file cannot be seen, takes none that cannot be read, and none that changes nothing", async () => {
    const { user, backend } = await open("#/settings");
    const choose = async (text: string) => {
      await screen.findByRole("combobox", { name: "When an order is booked" });
      await user.upload(
        screen.getByTestId("settings-file"),
        new File([text], "mine.json", { type: "application/json" }),
      );
      return within(await screen.findByRole("dialog"));
    };
    let shown = await choose("{");
    expect(await shown.findByText(/could not be read/)).toBeVisible();
    expect(shown.getByRole("button", { name: "Replace" })).toBeDisabled();
    await user.click(shown.getByRole("button", { name: "Cancel" }));

    const orders = { kind: "unseen" as const, of: { code: "erp-tenant", params: { tenant: "42" } } };
    backend.answers.set("import_preview", { changes: [], count: 0, orders });
    shown = await choose("{}");
    expect(await shown.findByText(/^Nothing would change/)).toBeVisible();
    expect(shown.getByRole("button", { name: "Replace" })).toBeDisabled();
    await user.click(shown.getByRole("button", { name: "Cancel" }));

    const changes = [{ path: "rounding_limit", before: "5", after: "7" }];
    backend.answers.set("import_preview", { changes, count: 1, orders });
    shown = await choose('{ "rounding_limit": 7 }');
    expect(await shown.findByText(/^What this would do to your orders cannot be seen now./)).toBeVisible();
    expect(shown.getByRole("button", { name: "Replace" })).toBeEnabled();
  });
});

describe("help", () => {
  it("answers without the internet, and finds by words of the answer", async () => {
    const { user, container } = await open("#/help");
    expect(screen.getAllByRole("group").length).toBe(23);
    await expectAccessible(container);
    await user.keyboard("/cents");
    await waitFor(() => expect(screen.getAllByRole("group").length).toBeLessThan(4));
    expect(screen.getByText("Where does a rounding line come from?")).toBeVisible();
  });

  it.each([
    ["every 15 minutes", "How often does Brygga look?"],
    ["by hand overwrite", "I changed a document in Visma.net by hand. What now?"],
    ["internet amber", "There was no internet. What do I have to do?"],
    ["shut down", "May I shut down the computer in the middle of a sync?"],
    ["pause afternoon", "How do I pause it for an afternoon?"],
    ["only when you are needed", "When does it tell me something?"],
    ["recovery key", "My computer broke. Is everything lost?"],
    ["two computers", "May I use two computers?"],
  ])("has the questions of a first week: %s", async (typed, question) => {
    await open(`#/help?search=${encodeURIComponent(typed)}`);
    expect(await screen.findByText(question)).toBeVisible();
    expect(screen.getAllByRole("group").length).toBeLessThan(4);
  });
});

describe("proof", () => {
  it("proves when asked, names each difference, and writes them to a file", async () => {
    const create = vi.fn((_: Blob) => "blob:proof");
    URL.createObjectURL = create as typeof URL.createObjectURL;
    const { user, container } = await open("#/proof");
    expect(await screen.findByText("Nothing was proven yet.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Prove now" }));
    expect(await screen.findByText("2 differences need you.")).toBeVisible();
    expect(screen.getByRole("rowheader", { name: "#1003" })).toBeVisible();
    expect(screen.getByText("Missing in Visma.net")).toBeVisible();
    expect(screen.getByRole("row", { name: /Sales NOK 12,400\.00 12,399\.95 −0\.05/ })).toBeVisible();
    expect(screen.getByRole("row", { name: "Rounding lines 3" })).toBeVisible();
    await expectAccessible(container);
    await user.click(screen.getByRole("button", { name: "Export as CSV" }));
    expect(create).toHaveBeenCalledOnce();
  });

  it("says why it could not be made", async () => {
    const { user, backend } = await open("#/proof");
    backend.failing.set("prove", { code: "sync-under-way", params: {} });
    await user.click(await screen.findByRole("button", { name: "Prove now" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("A sync is under way.");
  });
});
