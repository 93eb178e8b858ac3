import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { ProofResult } from "../../api/generated/ProofResult";
import { prefer } from "../../app/preferences";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";
import { textOf } from "../../test/textOf";

it("opens the day that differs, and goes through the days by keys", async () => {
  const { user, container } = await open("#/proof");
  await user.click(await screen.findByRole("button", { name: "Prove now" }));
  const day = await screen.findByRole("button", { pressed: true });
  expect(day).toHaveTextContent("30");
  expect(within(day).getByText(/0\.05/)).toBeVisible();
  const table = await screen.findByRole("table", { name: /30/ });
  expect(within(table).getByRole("row", { name: /Sales NOK.*0\.05/ })).toBeVisible();
  await expectAccessible(container);
  day.focus();
  await user.keyboard("{ArrowLeft}");
  const before = await screen.findByRole("table", { name: /29/ });
  expect(within(before).getByRole("rowheader")).toHaveTextContent(/^VAT 25.% \u00b7 Norway$/);
});

it("shows stock per location and what stands on another day, and prints", async () => {
  const print = vi.spyOn(window, "print").mockImplementation(() => undefined);
  const { user } = await open("#/proof");
  await user.click(await screen.findByRole("button", { name: "Prove now" }));
  expect(await screen.findByRole("rowheader", { name: "Storgata 1" })).toBeVisible();
  expect(screen.getByRole("heading", { name: "On another day, with a reason" })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Print or save as PDF" }));
  expect(print).toHaveBeenCalledOnce();
});

it("proves a month, and says which", async () => {
  const { user } = await open("#/proof");
  await user.click(await screen.findByRole("combobox", { name: "Period" }));
  await user.click(await screen.findByRole("option", { name: "Last month" }));
  await user.click(screen.getByRole("button", { name: "Prove now" }));
  expect(await screen.findByText(/1 Sept? 2026 to 30 Sept? 2026\. /)).toBeVisible();
});

it("writes amounts as numbers of the language: a spreadsheet would take 12.10 for a day", async () => {
  const written = async (language: "nb" | "en") => {
    prefer({ language });
    const { user, backend } = await open("#/proof");
    const save = vi.spyOn(backend, "saveFile").mockResolvedValue(null);
    const { default: words } = await (language === "nb" ? import("../../i18n/nb.json") : import("../../i18n/en.json"));
    await user.click(await screen.findByRole("button", { name: words["proof.run"] }));
    await user.click(await screen.findByRole("button", { name: words["proof.export"] }));
    await waitFor(() => expect(save).toHaveBeenCalledOnce());
    cleanup();
    return textOf(save.mock.calls[0]?.[1]);
  };
  const norwegian = await written("nb");
  expect(norwegian).toContain(";NOK;12400,00;12399,95;-0,05\r\n");
  expect(norwegian).toContain(";1200,00;1199,95\r\n");
  expect(norwegian).not.toMatch(/\d\.\d\d[;\r]/);
  expect(await written("en")).toContain(",NOK,12400.00,12399.95,-0.05\r\n");
});

it("writes into the file what was not proven, too, and for which days", async () => {
  prefer({ language: "en" });
  const undecided = Array.from({ length: 512 }, (_, index) => `#${2001 + index}`);
  const { user, backend } = await open("#/proof");
  await user.click(await screen.findByRole("button", { name: "Prove now" }));
  await screen.findByRole("button", { name: "Prove again" });
  const view = await backend.call("proof", {});
  if (view.last === null) throw new Error("no proof");
  const last: ProofResult = {
    ...view.last,
    period: { from: "2026-09-01", to: "2026-09-30" },
    differences: [],
    undecided,
    beyond: ["#0007"],
    stock: [],
    stock_unread: { code: "erp-scope", params: { scope: "stock" } },
  };
  backend.answers.set("proof", { ...view, running: null, last });
  await user.click(screen.getByRole("button", { name: "Prove again" }));
  const save = vi.spyOn(backend, "saveFile").mockResolvedValue(null);
  expect(await screen.findByText("and 12 more, in the CSV file")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Export as CSV" }));
  await waitFor(() => expect(save).toHaveBeenCalledOnce());
  const lines = (await textOf(save.mock.calls[0]?.[1])).split("\r\n");
  expect(lines.find((line) => line.startsWith("Period,"))).toMatch(
    /^Period,1 Sept? 2026 to 30 Sept? 2026,2026-09-01,2026-09-30$/,
  );
  expect(lines).toContain("Unexplained difference,0");
  expect(lines).toContain('"Booked once, held or waiting now",512');
  expect(lines).toContain("Older than the app may see: nothing is said of them,1");
  expect(lines.some((line) => line.includes("Stock could not be compared:"))).toBe(true);
  expect(lines.filter((line) => undecided.includes(line))).toHaveLength(512);
  expect(lines).toContain("#0007");
  // The paper's head names the days that were proven, not those on which something happened.
  expect(screen.getAllByText(/^1 Sept? 2026 to 30 Sept? 2026/).length).toBeGreaterThan(0);
});
