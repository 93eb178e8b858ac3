/** A pair that was set up and lost a connection: the way back to where it is made again. */
import { render, screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { CommandName } from "../../api/commands";
import { App } from "../../app/App";
import { FakeBackend } from "../../backend/fake";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";

beforeEach(() => localStorage.clear());

/** A secret is gone from the keychain: everything that needs both sides is refused. */
const REFUSED: CommandName[] = ["overview", "settings", "records", "mapping", "held", "activity", "proof", "preview"];

async function openLost(address: string, remote: string) {
  const backend = new FakeBackend();
  for (const name of REFUSED) backend.failing.set(name, { code: "not-connected", params: { remote } });
  window.location.hash = address;
  const { container } = render(<App backend={backend} />);
  await screen.findByRole("heading", { level: 1 });
  return container;
}

describe("a pair that lost a secret", () => {
  it.each([
    ["Shopify", "#/setup/shop"],
    ["Visma.net", "#/setup/company"],
  ])("%s is connected again from the page that cannot be read", async (remote, place) => {
    const container = await openLost("#/overview", remote);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent(`${remote} is not connected.`);
    expect(within(alert).getByRole("link", { name: "Connect again" })).toHaveAttribute("href", place);
    await expectAccessible(container);
  });

  it.each(["records", "mapping", "help", "settings"])(
    "is led there from %s too, by the side of the page",
    async (page) => {
      await openLost(`#/${page}`, "Visma.net");
      const nav = within(screen.getByRole("navigation", { name: "Pages" }));
      expect(await nav.findByRole("link", { name: "Connect again" })).toHaveAttribute("href", "#/setup/company");
    },
  );

  it("shows both connections in the settings, though no setting can be read", async () => {
    await openLost("#/settings", "Visma.net");
    const connections = within(await screen.findByRole("region", { name: "Connections" }));
    expect(connections.getByRole("link", { name: "Connect again: Shopify" })).toHaveAttribute("href", "#/setup/shop");
    expect(connections.getByRole("link", { name: "Connect again: Visma.net" })).toHaveAttribute(
      "href",
      "#/setup/company",
    );
  });

  it("is not led from a step to the same step", async () => {
    const { user, backend } = await open("#/setup/company");
    backend.failing.set("setup_company", { code: "erp-credentials", params: { detail: "invalid_client" } });
    const main = within(screen.getByRole("main"));
    await user.click(await main.findByRole("button", { name: "Fill it in" }));
    await user.click(main.getByRole("button", { name: "Test and connect" }));
    const alert = await screen.findByRole("alert");
    expect(within(alert).queryByRole("link")).toBeNull();
  });

  it("says nothing of connecting where the trouble is another", async () => {
    const backend = new FakeBackend();
    backend.failing.set("overview", { code: "store-disk-full", params: {} });
    window.location.hash = "#/overview";
    render(<App backend={backend} />);
    await screen.findByRole("alert");
    expect(screen.queryByRole("link", { name: "Connect again" })).toBeNull();
  });
});
