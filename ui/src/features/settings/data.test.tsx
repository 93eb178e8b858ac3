import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";

async function section(options: Parameters<typeof open>[1] = {}) {
  const opened = await open("#/settings/data", options);
  return { ...opened, data: await screen.findByRole("region", { name: "Your data" }) };
}

describe("erasing a customer", () => {
  it("shows what is kept, says what it does not touch, asks, and erases", async () => {
    const { user, backend, container, data } = await section();
    await user.type(within(data).getByRole("textbox", { name: /^Name, e-mail, phone/ }), "kari{Enter}");
    expect(
      await within(data).findByText(/^2 finished orders, 1 still to be booked. 2 copies from the shop/),
    ).toBeVisible();
    await expectAccessible(container);
    await user.click(within(data).getByRole("button", { name: "Erase Kari Nordmann" }));
    const dialog = await screen.findByRole("dialog", { name: "Erase Kari Nordmann" });
    expect(within(dialog).getByText(/What Shopify and Visma.net hold is not touched/)).toBeVisible();
    expect(backend.calls.some(({ name }) => name === "erase_person")).toBe(false);
    await user.click(within(dialog).getByRole("button", { name: "Erase" }));
    expect(
      await screen.findByText(/^Erased: 2 orders without the customer. 1 order is still to be booked/),
    ).toBeVisible();
    expect(backend.calls.find(({ name }) => name === "erase_person")?.request).toEqual({ key: "customer/770001" });

    await user.type(within(data).getByRole("textbox", { name: /^Name, e-mail, phone/ }), "kari{Enter}");
    expect(await within(data).findByText("Nothing is kept of such a customer.")).toBeVisible();
  });

  it("does nothing when it is cancelled, and says why when it is refused", async () => {
    const { user, backend, data } = await section();
    await user.type(within(data).getByRole("textbox", { name: /^Name, e-mail, phone/ }), "kari{Enter}");
    await user.click(await within(data).findByRole("button", { name: "Erase Kari Nordmann" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(backend.calls.some(({ name }) => name === "erase_person")).toBe(false);
    backend.failing.set("erase_person", { code: "sync-under-way", params: {} });
    await user.click(within(data).getByRole("button", { name: "Erase Kari Nordmann" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Erase" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("A sync is under way.");
  });
});

describe("the recovery key", () => {
  it("is shown when it is asked for, can be copied, and is gone again", async () => {
    const { user, backend, container, data } = await section();
    expect(await within(data).findByText(/lie on this computer, beside the database/)).toBeVisible();
    expect(backend.calls.some(({ name }) => name === "recovery_key")).toBe(false);
    await user.click(within(data).getByRole("button", { name: "Show the recovery key" }));
    expect(await within(data).findByText(/^BRYGGA1 /)).toBeVisible();
    expect(within(data).getByRole("button", { name: "Copy Recovery key" })).toBeVisible();
    await expectAccessible(container);
    await user.click(within(data).getByRole("button", { name: "Hide it" }));
    expect(within(data).queryByText(/^BRYGGA1 /)).toBeNull();
  });
});

describe("backups", () => {
  it("are listed with their path, made by hand, and put back only when it is sure", async () => {
    const { user, backend, data } = await section();
    const list = await within(data).findByRole("list", { name: "Backups" });
    expect(within(list).getAllByRole("listitem")).toHaveLength(1);
    await user.click(within(data).getByRole("button", { name: "Back up now" }));
    await waitFor(() => expect(within(list).getAllByRole("listitem")).toHaveLength(2));
    await user.click(within(list).getByRole("button", { name: "Restore brygga-2026-10-31.sqlite" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText(/looks every order up in Visma.net before it makes anything/)).toBeVisible();
    expect(within(dialog).getByText(/Customers that you erased since then stay erased/)).toBeVisible();
    expect(backend.calls.some(({ name }) => name === "restore")).toBe(false);
    await user.click(within(dialog).getByRole("button", { name: "Restore" }));
    expect(await within(data).findByText(/^The backup is put back./)).toBeVisible();
    await waitFor(() => expect(within(list).getAllByRole("listitem")).toHaveLength(3));
  });

  it("are none where everything is in memory", async () => {
    const { backend } = await open("#/overview");
    backend.answers.set("kept", { removed: null, backups: null });
    window.location.hash = "#/settings/data";
    expect(await screen.findByText("Here everything is in memory only: there are no backups.")).toBeVisible();
    expect(screen.getByText(/^Nothing was removed yet\./)).toBeVisible();
  });
});

it("says what was removed last", async () => {
  const { data } = await section();
  expect(await within(data).findByText(/412 requests and answers, 3 lines\./)).toBeVisible();
});

it("makes the file for whoever helps, and says where it is", async () => {
  const files: Blob[] = [];
  URL.createObjectURL = (blob) => {
    files.push(blob as Blob);
    return "blob:test";
  };
  URL.revokeObjectURL = () => undefined;
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const { user, backend, data, container } = await section();
  const make = within(data).getByRole("button", { name: "Make the support file" });
  await user.click(make);
  expect(await within(data).findByText("The file is saved among your downloads.")).toBeVisible();
  expect(within(data).getByText(/Send it to whoever helps you\./)).toBeVisible();
  expect(await files[0]?.text()).toBe('{ "about": "For whoever helps" }\n');
  // The window knows the place.
  backend.folder = "/home/kari/Downloads";
  await user.click(make);
  expect(await within(data).findByText("Saved: /home/kari/Downloads/brygga-support-2026-10-31.json")).toBeVisible();
  await expectAccessible(container);
  click.mockRestore();
});
