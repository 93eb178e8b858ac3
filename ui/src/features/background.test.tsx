import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Overview } from "../api/generated/Overview";
import { prefer } from "../app/preferences";
import { expectAccessible } from "../test/axe";
import { open } from "../test/open";

describe("running by itself", () => {
  it("shows when it is next, for all and for each flow", async () => {
    await open();
    const orders = await screen.findByRole("row", { name: /^Orders/ });
    expect(within(orders).getByText("14:06")).toBeVisible();
    expect(screen.getByText("next sync 14:06")).toBeVisible();
  });

  it("pauses, says so where one looks first, and goes on", async () => {
    const { user, backend, container } = await open();
    await user.click(await screen.findByRole("button", { name: "Choose what to sync" }));
    await user.click(await screen.findByRole("menuitem", { name: "Pause syncing" }));
    expect(await screen.findByText("Nothing is synced by itself until you resume.")).toBeVisible();
    const orders = screen.getByRole("row", { name: /^Orders/ });
    await waitFor(() => expect(within(orders).getByText("paused")).toBeVisible());
    expect(screen.queryByText("next sync 14:06")).toBeNull();
    await expectAccessible(container);
    await user.click(screen.getByRole("button", { name: "Resume syncing" }));
    await waitFor(() => expect(within(orders).getByText("14:06")).toBeVisible());
    expect(backend.calls.filter(({ name }) => name === "pause" || name === "resume").map(({ name }) => name)).toEqual([
      "pause",
      "resume",
    ]);
  });

  it("hears of a pause from elsewhere", async () => {
    const { backend } = await open();
    await screen.findByText("next sync 14:06");
    act(() => void backend.call("pause", {}));
    expect(await screen.findByText("Nothing is synced by itself until you resume.")).toBeVisible();
  });

  it("tells trouble that passes from trouble that needs a person", async () => {
    const { backend } = await open();
    await screen.findByRole("row", { name: /^Orders/ });
    const reason = { code: "remote-unreachable", params: { remote: "Shopify", detail: "no route" } };
    const show = async (health: Overview["health"]) => {
      const overview = await backend.call("overview", {});
      backend.answers.set("overview", { ...overview, health });
      act(() => backend.emit({ event: "records_changed", data: {} }));
    };
    await show({ kind: "stopped", reason, passing: true });
    expect(
      await screen.findByRole("heading", { name: "The sync waits: Shopify cannot be reached: no route" }),
    ).toBeVisible();
    expect(screen.getByText("Tries again soon")).toBeVisible();
    await show({ kind: "flow_stopped", flow: "payouts", reason, passing: false });
    expect(await screen.findByRole("heading", { name: /^Payouts could not go on: Shopify cannot/ })).toBeVisible();
    expect(screen.getByText("Payouts: stopped")).toBeVisible();
    await show({ kind: "differs", differences: 2, at: "2026-10-31T12:00:00Z" });
    expect(
      await screen.findByRole("heading", { name: "2 figures differ between Shopify and Visma.net." }),
    ).toBeVisible();
    // One in the navigation, one where it is said.
    expect(screen.getAllByRole("link", { name: "Proof" })).toHaveLength(2);
  });
});

describe("the desktop", () => {
  it("has its own settings, which hold at once", async () => {
    const { user, backend, container } = await open("#/settings", { desktop: true });
    const start = await screen.findByRole("switch", { name: "Start with the computer, in the tray" });
    await user.click(start);
    await waitFor(() => expect(start).toBeChecked());
    expect(backend.calls.find(({ name }) => name === "put_desktop")?.request).toEqual({
      autostart: true,
      close_to_tray: null,
      notifications: null,
      language: null,
    });
    await expectAccessible(container);
    await user.click(screen.getByRole("button", { name: "Quit Brygga" }));
    expect(backend.calls.at(-1)).toEqual({ name: "desktop_act", request: { action: "quit" } });
  });

  it("does not offer what this program never does", async () => {
    await open("#/settings", { desktop: true, autostart: null });
    await screen.findByRole("switch", { name: "Keep running when the window is closed" });
    expect(screen.queryByRole("switch", { name: "Start with the computer, in the tray" })).toBeNull();
  });

  it("says what closing does where there is no tray", async () => {
    await open("#/settings", { desktop: true, tray: false });
    const close = await screen.findByRole("switch", { name: "Keep running when the window is closed" });
    expect(close).toBeDisabled();
    expect(close).not.toBeChecked();
    expect(screen.getByText(/closing the window ends Brygga/)).toBeVisible();
  });

  it("shows nothing of it in a browser", async () => {
    await open("#/settings");
    await screen.findByRole("heading", { name: "Orders" });
    expect(screen.queryByRole("button", { name: "Quit Brygga" })).toBeNull();
  });

  it("is told the language of the page", async () => {
    const { backend } = await open("#/overview", { desktop: true });
    await screen.findByRole("row", { name: /^Orders/ });
    expect(backend.calls.some(({ name }) => name === "put_desktop")).toBe(false);
    act(() => prefer({ language: "sv" }));
    await waitFor(() =>
      expect(backend.calls.find(({ name }) => name === "put_desktop")?.request).toMatchObject({ language: "sv" }),
    );
    act(() => prefer({ language: "en" }));
  });
});
