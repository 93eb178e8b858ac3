import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { FlowRow } from "../../api/generated/FlowRow";
import type { Health } from "../../api/generated/Health";
import type { Overview } from "../../api/generated/Overview";
import type { Proven } from "../../api/generated/Proven";
import type { FakeBackend } from "../../backend/fake";
import { formatSpan } from "../../i18n/format";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";

/** What the program says from now on. */
async function say(backend: FakeBackend, changed: Partial<Overview>) {
  const overview = await backend.call("overview", {});
  backend.answers.set("overview", { ...overview, ...changed });
  act(() => backend.emit({ event: "records_changed", data: {} }));
}

async function shown(health: Health, changed: Partial<Overview> = {}) {
  const opened = await open();
  await screen.findByRole("row", { name: /^Orders/ });
  await say(opened.backend, { health, ...changed });
  return opened;
}

const well = (proven: Proven, waiting = 0, others = 0): Health => ({
  kind: "all_well",
  booked: 40,
  waiting,
  others,
  up_to: "2026-10-31T13:05:00Z",
  proven,
});

/** The line below the sentence. */
const below = (sentence: HTMLElement) => sentence.nextElementSibling;

it("offers a sync of what goes together, by what it does", async () => {
  const { user, backend } = await shown(well({ kind: "never" }));
  expect((await screen.findAllByRole("button", { name: /^Sync orders with customers, invoices/ })).length).toBe(2);
  await user.click(screen.getByRole("button", { name: "Choose what to sync" }));
  const items = await screen.findAllByRole("menuitem", { name: /^Sync / });
  expect(items.map((item) => item.textContent)).toEqual([
    "Sync orders with customers, invoices, credit notes and payments",
  ]);
  if (items[0] !== undefined) await user.click(items[0]);
  await waitFor(() =>
    expect(backend.calls.find(({ name }) => name === "sync_now")?.request).toEqual({ flow: "orders" }),
  );
});

describe("the health sentence", () => {
  it("says what was read and is not sent, and never that all is well", async () => {
    const { backend, container } = await shown({ kind: "unsent", orders: 2880, records: 3012 });
    const sentence = await screen.findByRole("heading", {
      name: "2,880 orders were read and are not sent yet.",
    });
    expect(below(sentence)).toHaveTextContent("The next sync goes on with them.");
    expect(screen.getByText("Not sent yet")).toBeVisible();
    expect(container.querySelector("[data-tone=booked]")).toBeNull();
    expect(container.querySelectorAll("[data-tone=waiting]").length).toBeGreaterThan(1);
    await expectAccessible(container);
    // While they are being sent it is nothing out of order, and nothing done.
    await say(backend, { run: { run: "2", phase: "sending", done: 120, total: 3012 } });
    await waitFor(() => expect(below(sentence)).toHaveTextContent("A sync is under way."));
    expect(container.querySelector("[data-tone=booked]")).toBeNull();
    await say(backend, { run: null, health: { kind: "unsent", orders: 0, records: 1 } });
    expect(await screen.findByRole("heading", { name: "1 record was read and is not sent yet." })).toBeVisible();
  });

  it("asks nobody to begin what goes on already", async () => {
    const { backend } = await shown({ kind: "nothing_yet" }, { run: null });
    const sentence = await screen.findByRole("heading", { name: "Nothing was read yet." });
    expect(below(sentence)).toHaveTextContent("Press Sync now");
    await say(backend, { run: { run: "2", phase: "reading", done: 0, total: null } });
    await waitFor(() => expect(below(sentence)).toHaveTextContent("A sync is under way."));
  });

  it("names those that wait, and says all only where none does", async () => {
    const { backend } = await shown(well({ kind: "never" }, 12));
    expect(
      await screen.findByRole("heading", {
        name: /^40 orders up to 14:05 are booked\. 12 wait, each for its reason\.$/,
      }),
    ).toBeVisible();
    await say(backend, { health: well({ kind: "never" }) });
    expect(await screen.findByRole("heading", { name: "All 40 orders up to 14:05 are in Visma.net." })).toBeVisible();
  });

  it("says what it rests on, and offers the proof that is missing", async () => {
    const { backend, container } = await shown(well({ kind: "never" }));
    const sentence = await screen.findByRole("heading", { name: /^All 40 orders/ });
    expect(below(sentence)).toHaveTextContent("Not proven yet. Prove now");
    expect(screen.getByRole("link", { name: "Prove now" })).toHaveAttribute("href", "#/proof");
    // That none was made yet is said, and is nothing out of order.
    expect(screen.getByText("All well")).toBeVisible();
    await expectAccessible(container);

    await say(backend, { health: well({ kind: "agrees", at: "2026-10-31T12:00:00Z" }) });
    await waitFor(() => expect(below(sentence)).toHaveTextContent(/^Proven 31 Oct, 13:00: both sides/));
    await say(backend, { health: well({ kind: "old", at: "2026-10-03T12:00:00Z", late: false }) });
    await waitFor(() => expect(below(sentence)).toHaveTextContent("Not proven since 3 Oct, 14:00. Prove again"));
    expect(below(sentence)).not.toHaveTextContent("agree");
    expect(screen.getByText("All well")).toBeVisible();
    // One that should have been made by itself is missing: that is not all well.
    await say(backend, { health: well({ kind: "old", at: "2026-10-03T12:00:00Z", late: true }) });
    expect(await screen.findByText("Not proven lately")).toBeVisible();
    expect(container.querySelector("[data-tone=booked]")).toBeNull();
    await say(backend, { health: well({ kind: "old", at: null, late: true }) });
    await waitFor(() => expect(below(sentence)).toHaveTextContent(/^Not proven yet\. Brygga makes the first proof/));

    // A month that is equal makes no other month so.
    await say(backend, { health: well({ kind: "part", at: "2026-10-31T12:00:00Z" }) });
    await waitFor(() =>
      expect(below(sentence)).toHaveTextContent("Proven 31 Oct, 13:00, for a part of the days only. Prove again"),
    );

    const reason = { code: "remote-timeout", params: { remote: "Shopify" } };
    await say(backend, { health: well({ kind: "failed", reason }) });
    await waitFor(() =>
      expect(below(sentence)).toHaveTextContent(
        "Not proven: the last proof stopped early. Shopify did not answer in time. Prove again",
      ),
    );
    expect(screen.getByText("Proof failed")).toBeVisible();
    expect(container.querySelector("[data-tone=booked]")).toBeNull();
  });

  it("counts what waits beside the orders", async () => {
    await shown(well({ kind: "never" }, 0, 3));
    const sentence = await screen.findByRole("heading", { name: /^All 40 orders/ });
    await waitFor(() =>
      expect(below(sentence)).toHaveTextContent(
        "3 other records (such as invoices and payments) wait, each for its reason. Not proven yet. Prove now",
      ),
    );
  });

  it("says what has been tried for hours and does not get through", async () => {
    const since = "2026-10-31T02:00:00Z";
    const { container } = await shown({ kind: "delayed", orders: 1, records: 2, since });
    const sentence = await screen.findByRole("heading", {
      name: "2 records do not get through: the oldest has been tried since 31 Oct, 03:00.",
    });
    expect(below(sentence)).toHaveTextContent("Brygga keeps trying, and everything else goes on.");
    expect(screen.getByText("Does not get through")).toBeVisible();
    expect(container.querySelectorAll("[data-tone=held]").length).toBeGreaterThan(0);
    await expectAccessible(container);
  });

  it("does not say of what is not sent that it has a reason", async () => {
    await shown({ kind: "needs_you", held: 2, unsent: 30 });
    const sentence = await screen.findByRole("heading", { name: "2 records wait for you." });
    await waitFor(() => expect(below(sentence)).toHaveTextContent("30 more were read and are not sent yet."));
    expect(screen.queryByText(/each with its reason/)).toBeNull();
  });
});

describe("the flows", () => {
  const flow = (row: Partial<FlowRow>, rows: FlowRow[]) => ({ ...(rows[0] as FlowRow), ...row });

  it("say how far behind they are and what is not sent, to everybody", async () => {
    const { backend, container } = await open();
    const orders = await screen.findByRole("row", { name: /^Orders/ });
    expect(within(orders).queryByText(/behind|not sent/)).toBeNull();
    const { flows } = await backend.call("overview", {});
    const counts = { new: 3, booked: 40, waiting: 1, skipped: 0, held: 0 };
    await say(backend, {
      flows: [
        flow({ counts, lag: 4 * 86_400 + 3_600 }, flows),
        flow({ flow: "payments", lag: 90 * 60 }, flows),
        // A sync at work is no lag.
        flow({ flow: "invoices", lag: 40 }, flows),
      ],
    });
    // What a screen reader calls the row says it, too.
    const late = await screen.findByRole("rowheader", { name: /^Orders.*3 not sent yet.*4 days behind$/ });
    expect(within(late).getByRole("link", { name: "Orders: 3 not sent yet" })).toHaveAttribute(
      "href",
      "#/records?kind=order&state=new",
    );
    expect(screen.getByRole("rowheader", { name: /^Payments.*1 hour behind$/ })).toBeVisible();
    expect(within(screen.getByRole("row", { name: /^Invoices/ })).queryByText(/behind/)).toBeNull();
    await expectAccessible(container);
  });

  it("show a sync that failed as failed, with its reason, once for those that ran together", async () => {
    const { backend, container } = await open();
    await screen.findByRole("row", { name: /^Orders/ });
    const { flows } = await backend.call("overview", {});
    const failure = { code: "remote-timeout", params: { remote: "Visma.net" } };
    const failed = { failure, last_run: "2026-10-31T13:04:00Z", well: "2026-10-30T08:00:00Z" };
    await say(backend, {
      flows: [
        flow(failed, flows),
        flow({ ...failed, flow: "customers" }, flows),
        flow({ ...failed, flow: "payouts", well: null, failure: { ...failure, params: { remote: "Shopify" } } }, flows),
        flow({ ...failed, flow: "stock", on: false }, flows),
      ],
    });
    const told = await screen.findByRole("list", { name: "What failed last" });
    expect(
      within(told)
        .getAllByRole("listitem")
        .map((line) => line.textContent),
    ).toEqual([
      "Orders and Customers: the last sync failed 14:04. Visma.net did not answer in time. It went well 30 Oct, 09:00.",
      "Payouts: the last sync failed 14:04. Shopify did not answer in time. It has not gone well yet.",
    ]);
    const orders = screen.getByRole("row", { name: /^Orders/ });
    expect(within(orders).getByText(/^failed/)).toBeVisible();
    await expectAccessible(container);
  });
});

describe("a length of time", () => {
  it("is said in the language, and never as longer than it is", () => {
    expect(formatSpan("en", 5 * 60 + 59)).toBe("5 minutes");
    expect(formatSpan("en", 3_600)).toBe("1 hour");
    expect(formatSpan("en", 47 * 3_600 + 3_599)).toBe("47 hours");
    expect(formatSpan("en", 2 * 86_400)).toBe("2 days");
    expect(formatSpan("nb", 4 * 86_400)).toMatch(/^4\sdøgn$/);
    expect(formatSpan("sv", 4 * 86_400)).toMatch(/^4\sdygn$/);
    expect(formatSpan("fi", 4 * 86_400)).toMatch(/^4\späivää$/);
  });
});
