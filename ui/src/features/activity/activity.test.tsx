import { act, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";
import { textOf } from "../../test/textOf";

const files: { name: string; blob: Blob }[] = [];

beforeEach(() => {
  files.length = 0;
  let latest: Blob | undefined;
  URL.createObjectURL = (blob) => {
    latest = blob as Blob;
    return "blob:test";
  };
  URL.revokeObjectURL = () => undefined;
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    if (latest !== undefined) files.push({ name: this.download, blob: latest });
  });
});

it("is filtered by kind and by what needs a look, and keeps that in the address", async () => {
  const { user, backend, container } = await open("#/activity", { log: 40 });
  await user.click(await screen.findByRole("combobox", { name: "Kind of record" }));
  await user.click(await screen.findByRole("option", { name: "Invoices" }));
  await waitFor(() => expect(window.location.hash).toContain("kind=invoice"));
  expect(await screen.findByText("No line fits.")).toBeVisible();
  await expectAccessible(container);
  await user.click(screen.getByRole("switch", { name: "Only what needs a look" }));
  await waitFor(() =>
    expect(backend.calls.filter(({ name }) => name === "activity").at(-1)?.request).toMatchObject({
      kind: "invoice",
      serious: true,
    }),
  );
});

it("is filtered by day, and keeps that in the address", async () => {
  const { user, backend, container } = await open("#/activity", { log: 40 });
  const from = await screen.findByLabelText("From this day");
  from.focus();
  await user.tab();
  expect(screen.getByLabelText("To this day")).toHaveFocus();
  await user.type(from, "2026-10-02");
  await user.type(screen.getByLabelText("To this day"), "2026-10-03");
  await waitFor(() => expect(window.location.hash).toMatch(/from=2026-10-02&to=2026-10-03/));
  await waitFor(() =>
    expect(backend.calls.filter(({ name }) => name === "activity").at(-1)?.request).toMatchObject({
      from: "2026-10-02",
      to: "2026-10-03",
    }),
  );
  expect(await screen.findByText("No line fits.")).toBeVisible();
  await expectAccessible(container);
  await user.click(screen.getByRole("button", { name: "Clear the filter" }));
  await waitFor(() => expect(window.location.hash).not.toContain("from"));
});

it("says how far a search has looked, and looks further when it is told to", async () => {
  const { user, backend } = await open("#/activity?search=cellar", { log: 40 });
  await screen.findByRole("heading", { name: "Activity" });
  const line = { level: "info", event: "run-finished", kind: null, id_of_record: null, name: null, params: {} };
  const pieces = [
    { rows: [], older: 90_000, looked_to: "2026-10-20T13:05:00Z" },
    { rows: [], older: 80_000, looked_to: "2026-10-10T13:05:00Z" },
    { rows: [{ ...line, id: 75_000, at: "2026-10-04T10:00:00Z" }], older: 70_000, looked_to: "2026-10-01T13:05:00Z" },
    { rows: [], older: null, looked_to: null },
  ];
  const call = backend.call.bind(backend);
  const asked: (number | null)[] = [];
  vi.spyOn(backend, "call").mockImplementation(async (name, request) => {
    if (name !== "activity") return call(name, request);
    asked.push((request as { before: number | null }).before);
    return pieces[asked.length - 1] as never;
  });
  const box = screen.getByRole("textbox", { name: "Order number or other text" });
  await user.type(box, "s");
  expect(await screen.findByText(/^No line back to has “cellars” in it. Older lines were not/)).toBeVisible();
  expect(screen.queryByText("No line has “cellars” in it.")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Search older lines" }));
  expect(await screen.findByText(/^Lines were searched back to/)).toBeVisible();
  expect(asked).toEqual([null, 90_000, 80_000]);
  expect(screen.getAllByRole("row")).toHaveLength(2);
  await user.click(screen.getByRole("button", { name: "Search older lines" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Search older lines" })).toBeNull());
  expect(asked).toEqual([null, 90_000, 80_000, 70_000]);
});

it("looks no further for what is not searched any more", async () => {
  const { user, backend } = await open("#/activity?search=cellar", { log: 40 });
  await screen.findByRole("heading", { name: "Activity" });
  const call = backend.call.bind(backend);
  const asked: [string | null, number | null][] = [];
  let answer = () => {};
  vi.spyOn(backend, "call").mockImplementation(async (name, request) => {
    if (name !== "activity") return call(name, request);
    const { search, before } = request as { search: string | null; before: number | null };
    asked.push([search, before]);
    if (before !== null && search === "cellars") await new Promise<void>((resolve) => (answer = resolve));
    return { rows: [], older: (before ?? 90_000) - 1_000, looked_to: "2026-10-20T13:05:00Z" } as never;
  });
  const box = screen.getByRole("textbox", { name: "Order number or other text" });
  await user.type(box, "s");
  await screen.findByText(/“cellars” in it/);
  await user.click(await screen.findByRole("button", { name: "Search older lines" }));
  await waitFor(() => expect(asked.at(-1)).toEqual(["cellars", 89_000]));
  await user.type(box, "x");
  await screen.findByText(/“cellarsx” in it/);
  await act(async () => answer());
  await waitFor(() => expect(screen.getByRole("button", { name: "Search older lines" })).toBeEnabled());
  expect(asked.filter(([search]) => search === "cellarsx")).toEqual([["cellarsx", null]]);
});

it("is exported as text and as a workbook, with the words that are shown", async () => {
  const { user, backend } = await open("#/activity", { log: 40 });
  await user.click(await screen.findByRole("button", { name: "Export" }));
  await user.click(await screen.findByRole("menuitem", { name: "As CSV" }));
  await waitFor(() => expect(files).toHaveLength(1));
  expect(files[0]?.name).toMatch(/^brygga-activity-\d{4}-\d\d-\d\d\.csv$/);
  expect(files[0]?.blob.size).toBeGreaterThan(1000);
  expect(screen.queryByText(/The newest/)).toBeNull();
  await user.click(await screen.findByRole("button", { name: "Export" }));
  await user.click(await screen.findByRole("menuitem", { name: "As an Excel workbook" }));
  await waitFor(() => expect(files).toHaveLength(2));
  expect(files[1]?.name).toMatch(/\.xlsx$/);
  const table = backend.calls.find(({ name }) => name === "spreadsheet")?.request as { rows: string[][] };
  expect(table.rows.length).toBeGreaterThanOrEqual(40);
  expect(table.rows.every((row) => row.length === 5)).toBe(true);
});

it("says on the page and in the file when older lines are left out", async () => {
  const { user, backend } = await open("#/activity", { log: 40 });
  const save = vi.spyOn(backend, "saveFile").mockResolvedValue(null);
  const line = { at: "2026-10-31T13:05:00Z", level: "info", event: "run-finished", kind: null, id_of_record: null };
  const rows = Array.from({ length: 25_000 }, (_, index) => ({
    ...line,
    id: 2_000_000 - index,
    name: null,
    params: {},
  }));
  backend.answers.set("activity", { rows, older: 1_975_001, looked_to: null });
  backend.answers.set("activity_count", { count: 900_000 });
  await user.click(await screen.findByRole("button", { name: "Export" }));
  await user.click(await screen.findByRole("menuitem", { name: "As CSV" }));
  const told = await screen.findByText(/^The newest 100,000 of 1,000,000 lines\./, {}, { timeout: 30_000 });
  expect(told).toBeVisible();
  expect(backend.calls.find(({ name }) => name === "activity_count")?.request).toMatchObject({ before: 1_975_001 });
  const text = await textOf(save.mock.calls[0]?.[1]);
  expect(text.split("\r\n").at(-2)).toBe('"The newest 100,000 of 1,000,000 lines.",,,,');
}, 40_000);
