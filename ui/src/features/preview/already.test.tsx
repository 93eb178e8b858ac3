import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import type { FakeBackend } from "../../backend/fake";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";

const asked = (backend: FakeBackend, wanted: string) =>
  backend.calls.filter(({ name }) => name === wanted).map(({ request }) => request);

/** The page after a search. */
async function found(prepare?: (backend: FakeBackend) => void) {
  const page = await open("#/preview", {}, prepare);
  await page.user.click(await screen.findByRole("link", { name: "Orders that may be booked already" }));
  await page.user.click(await screen.findByRole("button", { name: "Look for them" }));
  const grid = await screen.findByRole("grid", { name: "Orders that may be booked already" });
  await within(grid).findByText("#5022");
  const names = () =>
    within(grid)
      .getAllByRole("row")
      .map((row) => row.querySelector("[role=gridcell]")?.textContent)
      .filter((name) => name !== undefined && name !== null);
  return { ...page, grid, names };
}

it("shows first what needs a decision, and what is suggested for the rest", async () => {
  const { container, grid, names } = await found();
  expect(names()).toEqual(["#5022", "#5023", "#5024", "#5021"]);
  expect(within(grid).getByRole("row", { name: /#5022.*Amount, day and customer fit.*Decide later/ })).toBeVisible();
  expect(within(grid).getByRole("row", { name: /#5023.*SO 000225, SO 000226.*No clear match/ })).toBeVisible();
  expect(within(grid).getByRole("row", { name: /#5021.*It names the order.*It is SO 000223/ })).toBeVisible();
  expect(screen.getByText(/3 orders need your decision\..*nothing is sent for it\./)).toBeVisible();
  await expectAccessible(container);
});

it("takes the document that was chosen of several, by the keyboard, and offers it to no other order", async () => {
  const { user, backend, container, grid, names } = await found();
  grid.focus();
  await user.keyboard("{ArrowDown}{Enter}");
  const order = await screen.findByRole("region", { name: "What shall become of #5023" });
  expect(order).toHaveFocus();
  const one = within(order).getByRole("radio", { name: "It is SO 000226: send nothing" });
  expect(one).toHaveAccessibleDescription(/^Sales order \u00b7 .*31.* \u00b7 475\.00 NOK \u00b7 Ola Nordmann$/);
  // What holds already is nothing to choose.
  expect(within(order).getByRole("button", { name: "Choose this" })).toBeDisabled();
  await expectAccessible(container);
  await user.click(one);
  await user.keyboard("{Enter}");
  await waitFor(() =>
    expect(asked(backend, "already_choose")).toEqual([{ id: "900023", pick: { fate: "link", document: "SO 000226" } }]),
  );
  await waitFor(() => expect(names()).toEqual(["#5022", "#5024", "#5021", "#5023"]));
  // On to the next one that needs a decision.
  expect(grid).toHaveFocus();
  await user.keyboard("{Enter}");
  const next = await screen.findByRole("region", { name: "What shall become of #5024" });
  expect(within(next).getByRole("radio", { name: "It is SO 000225: send nothing" })).toBeEnabled();
  const taken = within(next).getByRole("radio", { name: "It is SO 000226: send nothing" });
  expect(taken).toBeDisabled();
  expect(taken).toHaveAccessibleDescription(/It is the document of order #5023 already$/);
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("region", { name: "What shall become of #5024" })).toBeNull();
  expect(grid).toHaveFocus();
});

it("says what was refused, and reads again what holds", async () => {
  const { user, backend, grid } = await found();
  await user.click(within(grid).getByText("#5023"));
  const order = await screen.findByRole("region", { name: "What shall become of #5023" });
  // Meanwhile in another window.
  await backend.call("already_choose", { id: "900024", pick: { fate: "link", document: "SO 000225" } });
  await user.click(within(order).getByRole("radio", { name: "It is SO 000225: send nothing" }));
  await user.click(within(order).getByRole("button", { name: "Choose this" }));
  expect(await screen.findByText(/SO 000225 is the document of order #5024 already\./)).toBeVisible();
  expect(await within(grid).findByRole("row", { name: /#5024.*It is SO 000225/ })).toBeVisible();
});

it("says for how many a choice is before it is made for all of a kind", async () => {
  const { user, backend, grid } = await found();
  const which = screen.getByRole("combobox", { name: "Which orders" });
  expect(which).toHaveValue("Amount, day and customer fit (1)");
  await user.click(which);
  await user.click(await screen.findByRole("option", { name: "No clear match (2)" }));
  const what = screen.getByRole("combobox", { name: "What shall become of them" });
  await user.click(what);
  // What is unclear is not linked unseen.
  expect(screen.queryByRole("option", { name: "It is that document: send nothing" })).toBeNull();
  await user.click(await screen.findByRole("option", { name: "Book it all the same" }));
  await user.click(screen.getByRole("button", { name: "Choose for 2 orders" }));
  expect(await screen.findByRole("button", { name: "No orders of this kind" })).toBeDisabled();
  expect(asked(backend, "already_choose_all")).toEqual([{ fit: "unclear", fate: "create", count: 2 }]);
  expect(await within(grid).findByRole("row", { name: /#5024.*Book it all the same/ })).toBeVisible();
  // And it can be taken back.
  await user.click(what);
  await user.click(await screen.findByRole("option", { name: "Decide later: hold it" }));
  await user.click(screen.getByRole("button", { name: "Choose for 2 orders" }));
  expect(await within(grid).findByRole("row", { name: /#5024.*Decide later/ })).toBeVisible();
});

it("draws what is in sight of thousands", async () => {
  const { backend, grid } = await found((made) => {
    const [, likely] = made.preview.booked;
    if (likely === undefined) return;
    made.preview.booked = Array.from({ length: 5000 }, (_, index) => ({
      ...likely,
      id: String(900_022 + index),
      name: `#${5022 + index}`,
    }));
  });
  expect(grid).toHaveAttribute("aria-rowcount", "5001");
  expect(within(grid).getAllByRole("row").length).toBeLessThan(100);
  for (const request of asked(backend, "already_rows")) expect(request).toMatchObject({ limit: 100 });
});
