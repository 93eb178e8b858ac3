import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeBackend } from "../backend/fake";
import { expectAccessible } from "../test/axe";
import { open } from "../test/open";
import { App } from "./App";

describe("the frame", () => {
  it("shows the pages that work, and how many records need a person", async () => {
    const { container } = await open();
    const nav = screen.getByRole("navigation", { name: "Pages" });
    const names = within(nav)
      .getAllByRole("link")
      .map((link) => link.textContent);
    await waitFor(() => expect(within(nav).getByRole("link", { name: /Fixes ?, \d+ records need you/ })).toBeVisible());
    expect(names).toHaveLength(10);
    await expectAccessible(container);
  });

  it("names the practice pair, so that nobody takes it for the real shop", async () => {
    await open();
    expect(await screen.findByText("Practice pair")).toBeVisible();
  });

  it("speaks another language at once, and remembers it", async () => {
    const { user } = await open();
    await user.click(screen.getByRole("button", { name: "Language and look: English" }));
    await user.click(await screen.findByRole("menuitemradio", { name: "Norsk" }));
    expect(await screen.findByRole("button", { name: /Synkroniser nå/ })).toBeVisible();
    expect(document.documentElement.lang).toBe("nb");
    expect(localStorage.getItem("brygga-preferences")).toContain('"nb"');
  });

  it("syncs on F5 and shows how far it is, with Stop", async () => {
    const { backend, user } = await open("#/overview", { pace: 30 });
    await screen.findByRole("button", { name: /Sync now/ });
    fireEvent.keyDown(window, { key: "F5" });
    await waitFor(() => expect(backend.calls.some((call) => call.name === "sync_now")).toBe(true));
    const stop = await screen.findByRole("button", { name: "Stop" });
    expect(await screen.findByText(/Reading|Deciding|Sending/)).toBeVisible();
    await user.click(stop);
    expect(await screen.findByText(/stopped early: Stopped by you/)).toBeVisible();
    expect(screen.getByRole("button", { name: /Sync now/ })).toBeEnabled();
  });

  it("finds an order with Ctrl+K and opens it with Enter", async () => {
    const { user } = await open();
    await user.keyboard("{Control>}k{/Control}");
    const box = await screen.findByRole("combobox", { name: /Find an order/ });
    await user.type(box, "#1030");
    expect(await screen.findByRole("option", { name: /#1030/ })).toHaveAttribute("aria-selected", "true");
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: /Order #1030/ })).toBeVisible();
  });

  it("says what is wrong and what to do when the program does not answer", async () => {
    const backend = new FakeBackend();
    backend.failing.set("app_info", { code: "host-gone", params: {} });
    render(<App backend={backend} />);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("The program behind this page does not answer.");
    expect(alert).toHaveTextContent("Start Brygga again.");
    expect(alert).toHaveTextContent("host-gone");
  });
});

describe("a page that throws while it is drawn", () => {
  // React tells of every error that it caught; here it is what was wanted.
  beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => undefined));
  afterEach(() => void vi.restoreAllMocks());

  it("leaves the navigation and the way to help, and is shown at another try", async () => {
    const backend = new FakeBackend();
    backend.answers.set("held", [{ nonsense: true }]);
    window.location.hash = "#/fixes";
    const { container } = render(<App backend={backend} />);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("This page cannot be shown");
    expect(alert).toHaveTextContent("page-broken");
    expect(screen.getByRole("navigation", { name: "Pages" })).toBeVisible();
    expect(within(screen.getByRole("main")).getByRole("link", { name: "Help" })).toHaveAttribute("href", "#/help");
    await expectAccessible(container);
    backend.answers.delete("held");
    fireEvent.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Fixes" })).toBeVisible();
  });

  it("is left for another page", async () => {
    const backend = new FakeBackend();
    backend.answers.set("held", [{ nonsense: true }]);
    window.location.hash = "#/fixes";
    render(<App backend={backend} />);
    await screen.findByRole("alert");
    fireEvent.click(screen.getByRole("link", { name: "Activity" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Activity" })).toBeVisible();
  });

  it("says so where not even the frame can be drawn", async () => {
    const backend = new FakeBackend();
    backend.answers.set("overview", { health: { kind: "all_well" } });
    window.location.hash = "#/help";
    render(<App backend={backend} />);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("page-broken");
    backend.answers.delete("overview");
    fireEvent.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("navigation", { name: "Pages" })).toBeVisible();
  });
});

describe("a page outside", () => {
  it("that cannot be opened is said, with its address to copy", async () => {
    const { backend, user, container } = await open("#/records/order/5550000001001");
    backend.noBrowser = true;
    await user.click(await screen.findByRole("button", { name: "Open in Shopify" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("The page could not be opened in your browser.");
    expect(dialog).toHaveTextContent("https://admin.shopify.com/store/fjord-og-fjell/orders/5550000001001");
    await expectAccessible(container);
  });
});

describe("the overview", () => {
  it("tells health in one sentence and links each count to its records", async () => {
    const { container } = await open();
    expect(await screen.findByRole("heading", { name: /records wait for you/ })).toBeVisible();
    const orders = screen.getByRole("row", { name: /Orders/ });
    expect(within(orders).getByRole("link", { name: /Orders, Held/ })).toHaveAttribute(
      "href",
      "#/records?kind=order&state=held",
    );
    await expectAccessible(container);
  });

  it("says what to do first when nothing was read yet", async () => {
    await open("#/overview", { empty: true });
    expect(await screen.findByText("Nothing was read yet.")).toBeVisible();
    expect(screen.getByText(/Press Sync now/)).toBeVisible();
  });

  it("shows the days as a table when asked", async () => {
    const { user } = await open();
    await user.click(await screen.findByRole("button", { name: /Orders: .* booked in the last 30 days/ }));
    expect(await screen.findByRole("columnheader", { name: "Day" })).toBeVisible();
    expect(screen.getByText("31 Oct 2026")).toBeVisible();
  });

  it("follows a run by its events", async () => {
    const { backend } = await open();
    await screen.findByRole("heading", { name: /records wait for you/ });
    act(() => backend.emit({ event: "progress", data: { run: "2", phase: "sending", done: 34, total: 120 } }));
    expect(await screen.findByText("Sending: 34 of 120")).toBeVisible();
    act(() =>
      backend.emit({
        event: "finished",
        data: {
          run: "2",
          started: "2026-10-31T13:00:00Z",
          ended: "2026-10-31T13:01:00Z",
          read: 3,
          written: 1,
          failure: null,
        },
      }),
    );
    expect(await screen.findByText("Sync done: 3 read, 1 written.")).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByText("Sending: 34 of 120")).toBeNull());
    vi.restoreAllMocks();
  });
});
