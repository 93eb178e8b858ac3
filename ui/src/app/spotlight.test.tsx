import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { expectAccessible } from "../test/axe";
import { open } from "../test/open";

async function finder(options = {}) {
  const page = await open("#/overview", options);
  await page.user.keyboard("{Control>}k{/Control}");
  const box = await screen.findByRole("combobox", { name: /Find an order/ });
  const find = async (text: string) => {
    await page.user.clear(box);
    await page.user.type(box, text);
    const list = screen.getByRole("listbox", { name: "Find" });
    return within(list);
  };
  return { ...page, find };
}

it.each([
  ["backup", /^Your data ?Backups/, "#/settings/data"],
  ["erase", /^Your data ?Erase a customer/, "#/settings/data"],
  ["theme", /^This window ?Theme, dark mode/, "#/settings/window"],
  ["language", /^This window ?Language/, "#/settings/window"],
  ["start with the computer", /^This computer ?Start with the computer/, "#/settings/desktop"],
])("finds what the card of a setting says: %s", async (typed, hit, address) => {
  const { user, find } = await finder({ desktop: true });
  const list = await find(typed);
  await user.click(await list.findByRole("option", { name: hit }));
  await waitFor(() => expect(window.location.hash).toBe(address));
});

it("finds a section by its name, and a setting by what it means", async () => {
  const { find } = await finder();
  expect(await (await find("refunds and")).findByRole("option", { name: "Refunds and returns" })).toBeVisible();
  expect(await (await find("debt to the customer")).findByRole("option", { name: "Gift cards" })).toBeVisible();
});

it("offers no desktop in a browser", async () => {
  const { find } = await finder();
  const list = await find("computer");
  await waitFor(() => expect(list.getAllByRole("option").length).toBeGreaterThan(0));
  expect(list.queryByRole("option", { name: /^This computer/ })).toBeNull();
});

it("finds an answer by its text, after those that are called so", async () => {
  const { find, container } = await finder();
  const list = await find("rounding");
  await list.findByRole("option", { name: "Where does a rounding line come from?" });
  const encrypted = await find("encrypted");
  expect(await encrypted.findByRole("option", { name: "Where is my data?" })).toBeVisible();
  const proof = await find("proof");
  await proof.findByRole("option", { name: "What does the proof say?" });
  const shown = proof.getAllByRole("option").map((option) => option.textContent);
  expect(shown.indexOf("What does the proof say?")).toBeLessThan(shown.indexOf("Can an order be booked twice?"));
  expect(shown).toContain("Can an order be booked twice?");
  await expectAccessible(container);
});

it("finds the questions of a first week", async () => {
  const { find } = await finder();
  for (const [typed, question] of [
    ["recovery key", "My computer broke. Is everything lost?"],
    ["two computers", "May I use two computers?"],
    ["internet amber", "There was no internet. What do I have to do?"],
  ] as const) {
    const list = await find(typed);
    expect(await list.findByRole("option", { name: question })).toBeVisible();
  }
});
