import { screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";

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
