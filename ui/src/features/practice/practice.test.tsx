import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { pairLine } from "../../backend/fakePairs";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";

const real = () => pairLine({ id: "default", shop: "Fjord & Fjell AS" });
const practice = () =>
  pairLine({ id: "practice", shop: "Øvelse AS", practice: true, can_put_away: false, state: { kind: "asleep" } });

describe("practice", () => {
  it.each([
    ["A sale", "Somebody bought Ullsokker: order #1060."],
    ["A refund", "The customer of order #1060 sent back Ullsokker and got the money."],
    ["An exchange", "The customer of order #1060 sent something back and got Ullsokker for it."],
    ["A crash", "Somebody bought Ullsokker: order #1060. The next answer about a sales order will be lost."],
  ])("%s happens, is told, and leads to its order", async (button, told) => {
    const { user, backend, container } = await open("#/practice");
    await user.click(await screen.findByRole("button", { name: button }));
    const status = await screen.findByText(told);
    expect(status).toBeVisible();
    expect(await screen.findByRole("link", { name: "Open order #1060" })).toHaveAttribute(
      "href",
      "#/records/order/5550000001060",
    );
    expect(backend.calls.filter(({ name }) => name === "practice_play")).toHaveLength(1);
    await expectAccessible(container);
  });

  it("a day tells how many orders came in, and leads to the activity", async () => {
    const { user } = await open("#/practice");
    await user.click(await screen.findByRole("button", { name: "A day" }));
    expect(
      await screen.findByText(/^A day passed\. 4 orders came in\. In the practice shop it is .*now\.$/),
    ).toBeVisible();
    const main = screen.getByRole("main");
    expect(within(main).getByRole("link", { name: "What happened" })).toHaveAttribute("href", "#/activity");
  });

  it("before the sync the order cannot be opened yet", async () => {
    const { user } = await open("#/practice", { orders: 20 });
    await user.click(await screen.findByRole("button", { name: "A sale" }));
    expect(await screen.findByText("After the sync you can open order #1060 here.")).toBeVisible();
    expect(screen.queryByRole("link", { name: /#1060/ })).toBeNull();
  });

  it("says why nothing happened", async () => {
    const { user, backend } = await open("#/practice");
    backend.failing.set("practice_play", { code: "practice-only", params: {} });
    await user.click(await screen.findByRole("button", { name: "A sale" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("This is only for the practice pair.");
  });

  it("is found with Ctrl+K, only where one practises", async () => {
    const { user } = await open("#/overview");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: /Find an order/ }), "practi");
    await user.click(await screen.findByRole("option", { name: "Practice" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Practice" })).toBeVisible();
  });

  it("is not among the pages of a real pair, which leads there and back", async () => {
    const { user } = await open("#/help", { pairs: [real(), practice()] });
    expect(screen.queryByRole("link", { name: "Practice" })).toBeNull();
    await user.click(await screen.findByRole("button", { name: "Try it on the practice pair" }));
    expect(await screen.findByRole("button", { name: "Store: Øvelse AS Practice pair" })).toBeVisible();
    await user.click(await screen.findByRole("link", { name: "Practice" }));
    await user.click(await screen.findByRole("button", { name: "Back to Fjord & Fjell AS" }));
    expect(await screen.findByRole("button", { name: "Store: Fjord & Fjell AS" })).toBeVisible();
    expect(screen.queryByRole("link", { name: "Practice" })).toBeNull();
  });

  it("is offered where the wizard begins", async () => {
    const blank = pairLine({ id: "default", shop: "", set_up: false });
    const { user } = await open("#/overview", { pairs: [blank, practice()] });
    await user.click(await screen.findByRole("button", { name: "Try it on the practice pair" }));
    expect(await screen.findByRole("button", { name: "Store: Øvelse AS Practice pair" })).toBeVisible();
    expect(await screen.findByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  });
});
