import { act, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { RunSummary } from "../api/generated/RunSummary";
import { open } from "../test/open";

const ENDED: RunSummary = {
  run: "7",
  started: "2026-10-31T13:04:00Z",
  ended: "2026-10-31T13:04:03Z",
  read: 3,
  written: 2,
  failure: null,
};

describe("a sync every minute", () => {
  it("is read once when it ends, in however many events it is told", async () => {
    const { backend } = await open();
    await screen.findByRole("row", { name: /^Orders/ });
    const reads = (name: string) => backend.calls.filter((call) => call.name === name).length;
    // What the start still had to read comes first.
    await act(() => new Promise((over) => setTimeout(over, 200)));
    const [overviews, pairs] = [reads("overview"), reads("pairs")];
    act(() => {
      backend.emit({ event: "records_changed", data: {} });
      backend.emit({ event: "records_changed", data: {} });
      backend.emit({ event: "finished", data: ENDED });
    });
    await waitFor(() => expect(reads("overview")).toBe(overviews + 1));
    await act(() => new Promise((over) => setTimeout(over, 1000)));
    expect([reads("overview"), reads("pairs")]).toEqual([overviews + 1, pairs + 1]);
  });

  it("is not seen while it goes on where it is over at once", async () => {
    const { backend } = await open();
    await screen.findByRole("row", { name: /^Orders/ });
    const seen: string[] = [];
    const watch = new MutationObserver(() => {
      if (screen.queryByRole("button", { name: "Stop" }) !== null) seen.push("Stop");
    });
    watch.observe(document.body, { childList: true, subtree: true });
    act(() => backend.emit({ event: "progress", data: { run: "7", phase: "reading", done: 0, total: null } }));
    await act(() => new Promise((over) => setTimeout(over, 100)));
    act(() => backend.emit({ event: "finished", data: ENDED }));
    await screen.findByText(/read 3 records and made or changed 2/);
    await act(() => new Promise((over) => setTimeout(over, 600)));
    watch.disconnect();
    expect(seen).toEqual([]);
  });

  it("is not shown to go on after what took its place has ended", async () => {
    const { backend } = await open();
    await screen.findByRole("row", { name: /^Orders/ });
    act(() => {
      backend.emit({ event: "progress", data: { run: "7", phase: "previewing", done: 0, total: null } });
      backend.emit({ event: "preview", data: {} });
    });
    await act(() => new Promise((over) => setTimeout(over, 600)));
    expect(screen.queryByRole("button", { name: "Stop" })).toBeNull();
    expect(screen.getByRole("button", { name: "Sync now" })).toBeVisible();
  });

  it("leaves what the last one came to on the page while the next one runs", async () => {
    const { backend } = await open();
    await screen.findByRole("row", { name: /^Orders/ });
    const overview = await backend.call("overview", {});
    const last_run = overview.last_run ?? ENDED;
    backend.answers.set("overview", { ...overview, last_run });
    act(() => backend.emit({ event: "records_changed", data: {} }));
    await screen.findByRole("region", { name: "Last sync" });
    act(() => backend.emit({ event: "progress", data: { run: "8", phase: "reading", done: 0, total: null } }));
    expect(await screen.findByRole("button", { name: "Stop" })).toBeVisible();
    expect(screen.getByRole("region", { name: "Last sync" })).toBeVisible();
  });
});
