import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";

const NAME = "Start Brygga with the computer";

describe("the last step", () => {
  it("offers to start with the computer, off, and says why", async () => {
    const { user, backend, container } = await open("#/setup/start", { desktop: true });
    const offered = await screen.findByRole("switch", { name: NAME });
    expect(offered).not.toBeChecked();
    expect(offered).toHaveAccessibleDescription(/^Syncing then goes on after a restart, without a window\./);
    await expectAccessible(container);
    await user.click(offered);
    await waitFor(() => expect(offered).toBeChecked());
    expect(backend.calls.find(({ name }) => name === "put_desktop")?.request).toEqual({
      autostart: true,
      close_to_tray: null,
      notifications: null,
      language: null,
    });
  });

  it("says so when the computer does not let it", async () => {
    const { user, backend } = await open("#/setup/start", { desktop: true });
    backend.failing.set("put_desktop", { code: "wrong-use", params: { detail: "no desktop" } });
    await user.click(await screen.findByRole("switch", { name: NAME }));
    expect(await screen.findByRole("alert")).toHaveTextContent("no desktop");
    expect(screen.getByRole("switch", { name: NAME })).not.toBeChecked();
  });

  it.each([
    ["a browser", {}],
    ["a program that cannot", { desktop: true, autostart: null }],
  ])("does not offer it in %s", async (_where, options) => {
    await open("#/setup/start", options);
    await screen.findByText("Kept in step");
    expect(screen.queryByRole("switch", { name: NAME })).toBeNull();
  });
});
