import { screen, waitFor } from "@testing-library/react";
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
  backend.answers.set("activity", { rows, more: true });
  backend.answers.set("activity_count", { count: 900_000 });
  await user.click(await screen.findByRole("button", { name: "Export" }));
  await user.click(await screen.findByRole("menuitem", { name: "As CSV" }));
  const told = await screen.findByText(/^The newest 100,000 of 1,000,000 lines\./, {}, { timeout: 30_000 });
  expect(told).toBeVisible();
  expect(backend.calls.find(({ name }) => name === "activity_count")?.request).toMatchObject({ before: 1_975_001 });
  const text = await textOf(save.mock.calls[0]?.[1]);
  expect(text.split("\r\n").at(-2)).toBe('"The newest 100,000 of 1,000,000 lines.",,,,');
}, 40_000);
