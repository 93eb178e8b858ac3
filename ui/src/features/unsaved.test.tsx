import { act, cleanup, render, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { CommandName } from "../api/commands";
import { App } from "../app/App";
import { FakeBackend } from "../backend/fake";
import { pairLine } from "../backend/fakePairs";
import { expectAccessible } from "../test/axe";
import { open } from "../test/open";

type User = Awaited<ReturnType<typeof open>>["user"];

/** The browser asks before the page goes. */
function asksBeforeItGoes(): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

/** The command does not answer before it is let go. */
function hold(backend: FakeBackend, held: CommandName): () => Promise<void> {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const real = backend.call.bind(backend);
  vi.spyOn(backend, "call").mockImplementation(async (name, request, pair) => {
    if (name === held) await gate;
    return real(name, request, pair);
  });
  return async () => {
    await act(async () => open());
  };
}

const page = (name: RegExp) => within(screen.getByRole("navigation", { name: "Pages" })).getByRole("link", { name });

async function choose(user: User, label: string, option: string) {
  await user.click(await screen.findByRole("combobox", { name: label }));
  await user.click(await screen.findByRole("option", { name: option }));
}

const sent = (backend: FakeBackend, name: CommandName) =>
  backend.calls.filter((call) => call.name === name).map(({ request }) => request);

describe("what is not saved", () => {
  it("in the mapping is there after a look at a record that waits for it", async () => {
    const { user, container } = await open("#/mapping/vat", { orders: 120 });
    expect(asksBeforeItGoes()).toBe(false);
    await user.click(await screen.findByRole("button", { name: "Take 1 suggestion" }));
    const grid = await screen.findByRole("grid", { name: "VAT" });
    await user.click(within(grid).getByText(/^Norway · 12/));
    const editor = await screen.findByRole("dialog", { name: /12.%/ });
    const [record] = within(editor).getAllByRole("link");
    if (record === undefined) throw new Error("no record waits");
    await user.click(record);
    await waitFor(() => expect(window.location.hash).toMatch(/^#\/records\/order\//));
    expect(page(/^Mapping, 1 change is not saved$/)).toBeVisible();
    expect(asksBeforeItGoes()).toBe(true);
    await expectAccessible(container);
    await user.click(page(/^Mapping/));
    expect(await screen.findByText("1 change")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(screen.queryByText("1 change")).toBeNull());
    expect(page(/^Mapping$/)).toBeVisible();
    expect(asksBeforeItGoes()).toBe(false);
  });

  it("in the settings is there after another page, and goes when it is discarded", async () => {
    const { user } = await open("#/settings");
    await choose(user, "When an order is booked", "When it is fulfilled");
    await user.click(page(/^Overview/));
    await screen.findByRole("heading", { name: /records wait for you/ });
    await user.click(page(/^Settings, 1 change is not saved$/));
    const changes = await screen.findByRole("list", { name: "1 change" });
    expect(
      within(changes).getByText(/Sales orders when paid, invoices when fulfilled → When it is fulfilled/),
    ).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Discard all" }));
    await waitFor(() => expect(page(/^Settings$/)).toBeVisible());
    expect(asksBeforeItGoes()).toBe(false);
  });

  it("is of its own pair, and there when one comes back to it", async () => {
    const pairs = [
      pairLine({ id: "default", shop: "Fjord & Fjell AS" }),
      pairLine({ id: "pair-2", shop: "Havn & Hav AS" }),
    ];
    const { user } = await open("#/settings", { pairs });
    await user.click(await screen.findByRole("switch", { name: "Make invoices" }));
    await screen.findByRole("list", { name: "1 change" });
    const show = async (from: string, to: RegExp) => {
      await user.click(await screen.findByRole("button", { name: `Store: ${from}` }));
      await user.click(await screen.findByRole("menuitemradio", { name: to }));
    };
    await show("Fjord & Fjell AS", /Havn/);
    await screen.findByRole("button", { name: "Store: Havn & Hav AS" });
    await screen.findByRole("switch", { name: "Make invoices" });
    expect(screen.queryByRole("list", { name: "1 change" })).toBeNull();
    expect(page(/^Settings$/)).toBeVisible();
    // It would still be lost with the window.
    expect(asksBeforeItGoes()).toBe(true);
    await show("Havn & Hav AS", /Fjord/);
    expect(await screen.findByRole("list", { name: "1 change" })).toBeVisible();
  });
});

describe("while it is saved", () => {
  it("what is chosen meanwhile stays, also where it is what was there before", async () => {
    const { user, backend } = await open("#/settings");
    await choose(user, "When an order is booked", "When it is fulfilled");
    const letGo = hold(backend, "put_settings");
    await user.click(await screen.findByRole("button", { name: "Save" }));
    await choose(user, "When an order is booked", "Sales orders when paid, invoices when fulfilled");
    await user.click(screen.getByRole("switch", { name: "Make invoices" }));
    await letGo();
    const changes = await screen.findByRole("list", { name: "2 changes" });
    expect(
      within(changes).getByText(/When it is fulfilled → Sales orders when paid, invoices when fulfilled/),
    ).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Save" }));
    expect(await screen.findByText("Saved.")).toBeVisible();
    expect(sent(backend, "put_settings")).toEqual([
      { revision: 3, values: { "trigger/default": "fulfilled" } },
      { revision: 4, values: { "trigger/default": "by_mode", "invoices/on": false } },
    ]);
  });

  it("what is mapped meanwhile stays, also on a page that was left", async () => {
    const { user, backend } = await open("#/mapping/vat", { orders: 120 });
    await user.click(await screen.findByRole("button", { name: "Take 1 suggestion" }));
    await user.click(await screen.findByRole("button", { name: "See what changes" }));
    const letGo = hold(backend, "put_mapping");
    await user.click(await screen.findByRole("button", { name: "Save" }));
    act(() => {
      window.location.hash = "#/overview";
    });
    await screen.findByRole("heading", { name: /records wait for you/ });
    await user.click(page(/^Mapping/));
    const grid = await screen.findByRole("grid", { name: "VAT" });
    await user.click(within(grid).getByText(/^Norway · 15/));
    const editor = await screen.findByRole("dialog", { name: /15.%/ });
    await user.click(within(editor).getByRole("button", { name: "Clear this row" }));
    await user.click(within(editor).getByRole("button", { name: "Done" }));
    expect(await screen.findByText("2 changes")).toBeVisible();
    await letGo();
    expect(await screen.findByText("1 change")).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "See what changes" }));
    await screen.findByRole("dialog", { name: "What changes" });
    expect(sent(backend, "mapping_preview").at(-1)).toMatchObject({
      revision: 4,
      rows: [{ table: "vat", key: { rate: "15" }, values: {} }],
    });
  });
});

it("settings that somebody else saved meanwhile are never written over unseen", async () => {
  const { user, backend } = await open("#/settings");
  await choose(user, "When an order is booked", "When it is fulfilled");
  await user.click(page(/^Overview/));
  await backend.call("put_settings", { revision: 3, values: { "trigger/default": "created" } });
  await screen.findByRole("heading", { name: /records wait for you/ });
  await user.click(page(/^Settings/));
  await user.click(await screen.findByRole("button", { name: "Save" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The settings were changed meanwhile.");
  const changes = screen.getByRole("list", { name: "1 change" });
  expect(within(changes).getByText(/As soon as it is there → When it is fulfilled/)).toBeVisible();
  // Now it was seen.
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(sent(backend, "put_settings").at(-1)).toEqual({ revision: 4, values: { "trigger/default": "fulfilled" } });
});

it("outlasts a program that is quit from the tray, for the same shop and company alone", async () => {
  const pairs = () => [pairLine({ id: "default", shop: "Fjord & Fjell AS" })];
  const { user } = await open("#/settings", { pairs: pairs(), desktop: true });
  await user.click(await screen.findByRole("switch", { name: "Make invoices" }));
  await waitFor(() => expect(page(/^Settings, 1 change is not saved$/)).toBeVisible());
  cleanup();

  const other = new FakeBackend({ pairs: pairs(), desktop: true });
  other.answers.set("app_info", { ...(await other.call("app_info", {}, "default")), company: "Havn & Hav AS" });
  const shown = render(<App backend={other} />);
  await screen.findByRole("switch", { name: "Make invoices" });
  expect(screen.queryByRole("list", { name: "1 change" })).toBeNull();
  shown.unmount();

  const again = await open("#/overview", { pairs: pairs(), desktop: true });
  await again.user.click(await screen.findByRole("link", { name: "Settings, 1 change is not saved" }));
  await screen.findByRole("list", { name: "1 change" });
  await again.user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved.")).toBeVisible();
  expect(sent(again.backend, "put_settings")).toEqual([{ revision: 3, values: { "invoices/on": false } }]);
  expect(localStorage.getItem("brygga-drafts")).toBeNull();
});
