import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { pairLine, RECOVERY_KEY } from "../backend/fakePairs";
import { expectAccessible } from "../test/axe";
import { open } from "../test/open";

const FJORD = pairLine({ id: "default", shop: "Fjord & Fjell AS" });
const HAVN = pairLine({
  id: "pair-2",
  shop: "Havn & Hav AS",
  state: {
    kind: "works",
    health: {
      kind: "all_well",
      booked: 4,
      waiting: 0,
      others: 0,
      up_to: "2026-10-31T13:00:00Z",
      proven: { kind: "never" },
    },
  },
});
const PRACTICE = pairLine({ id: "practice", shop: "", practice: true, can_put_away: false, state: { kind: "asleep" } });

const several = () => structuredClone([FJORD, HAVN, PRACTICE]);
const switcher = (name: string | RegExp) => screen.findByRole("button", { name });

describe("the switcher", () => {
  it("with one pair shows its name, and offers another", async () => {
    const { user, backend } = await open("#/overview", { pairs: [structuredClone(FJORD)] });
    await user.click(await switcher("Store: Fjord & Fjell AS"));
    const menu = await screen.findByRole("menu");
    expect(within(menu).queryAllByRole("menuitemradio")).toHaveLength(0);
    await user.click(within(menu).getByRole("menuitem", { name: "Add another store" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Which shop is it?" })).toBeVisible();
    expect(await switcher("Store: New store")).toBeVisible();
    expect(backend.calls.filter(({ name }) => name === "pair_add")).toHaveLength(1);
  });

  it("says of each how it stands, by keyboard alone, without a fault that axe finds", async () => {
    const { user, container } = await open("#/overview", { pairs: several() });
    const button = await switcher("Store: Fjord & Fjell AS");
    button.focus();
    await user.keyboard("{Enter}");
    const items = await screen.findAllByRole("menuitemradio");
    expect(items.map((item) => item.textContent)).toEqual([
      expect.stringContaining("Fjord & Fjell ASNeeds you"),
      expect.stringContaining("Havn & Hav ASAll well"),
      expect.stringContaining("New storePractice pairStarts when you choose it"),
    ]);
    expect(items[0]).toHaveAttribute("aria-checked", "true");
    await expectAccessible(container);
    items[1]?.focus();
    await user.keyboard("{Enter}");
    expect(await switcher("Store: Havn & Hav AS")).toBeVisible();
  });

  it("shows and changes only the pair that is chosen", async () => {
    const { user, backend } = await open("#/records/order/5550000001030", { pairs: several() });
    await user.click(await switcher("Store: Fjord & Fjell AS"));
    await user.click(await screen.findByRole("menuitemradio", { name: /Havn & Hav AS/ }));
    expect(await switcher("Store: Havn & Hav AS")).toBeVisible();
    expect(window.location.hash).toBe("#/overview");
    const after = backend.calls.length;
    await user.click(await screen.findByRole("button", { name: /Sync now/ }));
    await waitFor(() => expect(backend.calls.slice(after).map(({ name }) => name)).toContain("sync_now"));
    const own = backend.pairsOfCalls.slice(after).filter((_, at) => backend.calls[after + at]?.name !== "pairs");
    expect(new Set(own)).toEqual(new Set(["pair-2"]));
    // What happens in the other one is not shown here.
    act(() =>
      backend.emit({
        event: "progress",
        data: { run: "9", phase: "sending", done: 71, total: 93 },
        pair: "default",
      }),
    );
    // What is heard is shown a moment later.
    await act(() => new Promise((resolve) => setTimeout(resolve, 200)));
    expect(screen.queryByText("Sending: 71 of 93")).toBeNull();
  });

  it("tells of another pair that needs somebody, and goes there", async () => {
    const pairs = several();
    pairs[0] = structuredClone(HAVN);
    pairs[1] = structuredClone(FJORD);
    const { user } = await open("#/overview", { pairs });
    await user.click(await screen.findByRole("button", { name: "Fjord & Fjell AS: Needs you" }));
    expect(await switcher("Store: Fjord & Fjell AS")).toBeVisible();
  });

  it("a pair that cannot be opened is said, and hinders no other", async () => {
    const pairs = several();
    pairs[1] = {
      ...structuredClone(HAVN),
      state: { kind: "broken", reason: { code: "store-damaged", params: { detail: "page 7" } } },
    };
    const { user } = await open("#/overview", { pairs });
    expect(await screen.findByRole("heading", { name: /records wait for you/ })).toBeVisible();
    await user.click(await switcher("Store: Fjord & Fjell AS"));
    expect(await screen.findByRole("menuitemradio", { name: /Havn & Hav AS\s*Cannot be opened/ })).toBeVisible();
  });

  it("a pair that cannot be opened gets a backup back where it is shown", async () => {
    const reason = { code: "store-damaged", params: { detail: "page 7" } };
    const pairs = [{ ...structuredClone(HAVN), state: { kind: "broken" as const, reason } }];
    const { user, backend, container } = await open("#/overview", { pairs }, (program) =>
      program.failing.set("app_info", reason),
    );
    const rescue = await screen.findByRole("region", { name: "Put a backup back" });
    expect(rescue).toHaveTextContent("is not deleted");
    const list = await within(rescue).findByRole("list", { name: "Backups on this computer" });
    await expectAccessible(container);
    backend.failing.delete("app_info");
    await user.click(within(list).getByRole("button", { name: "Restore brygga-2026-10-30.sqlite" }));
    expect(await screen.findByRole("link", { name: /^Overview/ })).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("region", { name: "Put a backup back" })).toBeNull());
    expect(backend.calls.find(({ name }) => name === "pair_restore")?.request).toEqual({
      pair: pairs[0]?.id,
      copy: { kind: "own", name: "brygga-2026-10-30.sqlite" },
      recovery_key: null,
    });
  });

  it("takes a copy from a stick with the key that was written down, and says what is wrong with it", async () => {
    const reason = { code: "store-wrong-key", params: {} };
    const pairs = [{ ...structuredClone(HAVN), state: { kind: "broken" as const, reason } }];
    const { user, backend } = await open("#/overview", { pairs }, (program) => program.failing.set("app_info", reason));
    const rescue = await screen.findByRole("region", { name: "Put a backup back" });
    await user.type(within(rescue).getByRole("textbox", { name: /^File/ }), "E:\\brygga.sqlite");
    await user.click(within(rescue).getByRole("button", { name: "Restore this copy" }));
    expect(await within(rescue).findByText("This copy was made with another key.")).toBeVisible();
    await user.type(within(rescue).getByLabelText(/^Recovery key/), RECOVERY_KEY);
    backend.failing.delete("app_info");
    await user.click(within(rescue).getByRole("button", { name: "Restore this copy" }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Put a backup back" })).toBeNull());
    expect(backend.calls.findLast(({ name }) => name === "pair_restore")?.request).toEqual({
      pair: pairs[0]?.id,
      copy: { kind: "file", path: "E:\\brygga.sqlite" },
      recovery_key: RECOVERY_KEY,
    });
  });

  it("opens its own backups with the key that was written down, where the computer lost its own", async () => {
    const reason = { code: "store-wrong-key", params: {} };
    const pairs = [{ ...structuredClone(HAVN), state: { kind: "broken" as const, reason } }];
    const { user, backend } = await open("#/overview", { pairs }, (program) => program.failing.set("app_info", reason));
    const rescue = await screen.findByRole("region", { name: "Put a backup back" });
    const list = await within(rescue).findByRole("list", { name: "Backups on this computer" });
    expect(within(list).getByRole("button", { name: /^Copy \// })).toBeVisible();
    await user.type(within(rescue).getByLabelText(/^Recovery key/), ` ${RECOVERY_KEY}`);
    backend.failing.delete("app_info");
    await user.click(within(list).getByRole("button", { name: "Restore brygga-2026-10-30.sqlite" }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Put a backup back" })).toBeNull());
    expect(backend.calls.findLast(({ name }) => name === "pair_restore")?.request).toEqual({
      pair: pairs[0]?.id,
      copy: { kind: "own", name: "brygga-2026-10-30.sqlite" },
      recovery_key: RECOVERY_KEY,
    });
  });

  it("a new store begins with a backup from another computer where there is one", async () => {
    const pairs = [structuredClone(FJORD)];
    const { user } = await open("#/overview", { pairs, fresh: true }, (program) =>
      program.answers.set("setup", { ...program.setup.handlers.setup(), practice: null }),
    );
    await user.click(await screen.findByRole("button", { name: "I have a backup from another computer" }));
    expect(screen.getByText(/^Quit Brygga on the old computer first/)).toBeVisible();
    expect(screen.getByRole("textbox", { name: /^File/ })).toBeVisible();
  });

  it("gives a name, and takes it back", async () => {
    const { user } = await open("#/overview", { pairs: several() });
    await user.click(await switcher("Store: Fjord & Fjell AS"));
    await user.click(await screen.findByRole("menuitem", { name: "Rename" }));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), "Oslo{Enter}");
    await user.click(await switcher("Store: Oslo"));
    await user.click(await screen.findByRole("menuitem", { name: "Rename" }));
    await user.clear(await screen.findByRole("textbox", { name: "Name" }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await switcher("Store: Fjord & Fjell AS")).toBeVisible();
  });

  it("puts a pair away only when that is confirmed, and says where it is", async () => {
    const { user, backend } = await open("#/overview", { pairs: several() });
    await user.click(await switcher("Store: Fjord & Fjell AS"));
    await user.click(await screen.findByRole("menuitem", { name: "Put away" }));
    const dialog = await screen.findByRole("dialog", { name: "Put Fjord & Fjell AS away" });
    expect(dialog).toHaveTextContent("Nothing is deleted");
    await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
    expect(backend.calls.some(({ name }) => name === "pair_put_away")).toBe(false);
    await user.click(await switcher("Store: Fjord & Fjell AS"));
    await user.click(await screen.findByRole("menuitem", { name: "Put away" }));
    await user.click(await screen.findByRole("button", { name: "Put it away" }));
    expect(await screen.findByText("/home/kari/.local/share/brygga/put-away/default")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Close" }));
    expect(await switcher("Store: Havn & Hav AS")).toBeVisible();
  });

  it("says why a pair cannot be shown, and stays where it is", async () => {
    const { user, backend } = await open("#/overview", { pairs: several() });
    backend.failing.set("pair_show", { code: "pair-gone", params: {} });
    await user.click(await switcher("Store: Fjord & Fjell AS"));
    await user.click(await screen.findByRole("menuitemradio", { name: /Havn/ }));
    expect(await screen.findByRole("alert")).toHaveTextContent("This store is not here any more.");
    expect(screen.getByText("pair-gone")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Close" }));
    expect(await switcher("Store: Fjord & Fjell AS")).toBeVisible();
  });
});
