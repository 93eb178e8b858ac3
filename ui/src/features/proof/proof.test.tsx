import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
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
  expect(await screen.findByText(/1 Sept? 2026 to 30 Sept? 2026/)).toBeVisible();
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
