import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";

beforeEach(() => localStorage.clear());

const main = () => within(screen.getByRole("main"));
const press = async (user: Awaited<ReturnType<typeof open>>["user"], name: string) =>
  user.click(await main().findByRole("button", { name }));

async function connectShop(user: Awaited<ReturnType<typeof open>>["user"]) {
  await press(user, "Fill it in");
  await press(user, "Test and connect");
  await screen.findByText(/3 of 3 permissions/);
}

describe("the set-up wizard", () => {
  it("is where a pair without a set-up begins, whatever the address", async () => {
    const { container } = await open("#/records", { fresh: true, empty: true });
    expect(await screen.findByRole("heading", { level: 1, name: "Which shop is it?" })).toBeVisible();
    expect(screen.queryByRole("navigation", { name: "Pages" })).toBeNull();
    expect(main().getByRole("button", { name: "Continue" })).toBeDisabled();
    await expectAccessible(container);
  });

  it("says what a test found, and what is missing with its remedy", async () => {
    const { user, backend, container } = await open("#/", { fresh: true });
    backend.setup.lacking = ["read_returns", "write_products"];
    await press(user, "Fill it in");
    await press(user, "Test and connect");
    const found = await screen.findByRole("status");
    await waitFor(() => expect(main().getByText(/2 of 3 permissions/)).toBeVisible());
    expect(found).toBeInTheDocument();
    expect(main().getByText(/Missing: read_returns\./)).toBeVisible();
    expect(main().getByText(/make a new version with these scopes added/)).toBeVisible();
    await expectAccessible(container);
  });

  it("shows a refusal in words, and keeps what was typed", async () => {
    const { user } = await open("#/", { fresh: true });
    await user.type(await main().findByRole("textbox", { name: "Shop address" }), "fjord-og-fjell.myshopify.com");
    await user.type(main().getByRole("textbox", { name: "Client ID" }), "practice-client");
    await user.type(main().getByLabelText("Client secret"), "wrong");
    await press(user, "Test and connect");
    expect(await screen.findByRole("alert")).toHaveTextContent("Copy both again from the app’s settings");
    expect(main().getByRole("textbox", { name: "Shop address" })).toHaveValue("fjord-og-fjell.myshopify.com");
    expect(main().getByRole("button", { name: "Continue" })).toBeDisabled();
  });

  it("forgets a secret once it is kept, and tests again without it", async () => {
    const { user, backend } = await open("#/", { fresh: true });
    await connectShop(user);
    expect(main().getByLabelText("Client secret")).toHaveValue("");
    await press(user, "Test and connect");
    await waitFor(() =>
      expect(backend.calls.filter(({ name }) => name === "setup_shop").at(-1)?.request).toMatchObject({ secret: null }),
    );
  });

  it("asks for a token in place of both for an older app", async () => {
    const { user, backend } = await open("#/", { fresh: true });
    await press(user, "Fill it in");
    await press(user, "I have a token of an older app");
    expect(main().queryByRole("textbox", { name: "Client ID" })).toBeNull();
    await user.type(main().getByLabelText("Admin API access token"), "practice-secret");
    await press(user, "Test and connect");
    await waitFor(() =>
      expect(backend.calls.find(({ name }) => name === "setup_shop")?.request).toMatchObject({ client_id: null }),
    );
  });

  it("follows a sign-in by the browser to its end", async () => {
    const { user, backend } = await open("#/", { fresh: true });
    await connectShop(user);
    await press(user, "Continue");
    await user.click(await main().findByText("Sign in"));
    await press(user, "Sign in with Visma");
    expect(await main().findByText("Waiting for you in the browser.")).toBeVisible();
    expect(backend.opened).toEqual(["http://127.0.0.1:1/connect/authorize?state=x"]);
    await press(user, "Cancel");
    expect(await screen.findByRole("alert")).toHaveTextContent("The sign-in was cancelled.");
    await press(user, "Sign in with Visma");
    await main().findByText("Waiting for you in the browser.");
    act(() => backend.setup.signedIn());
    expect(await main().findByText(/1 of 2 permissions/)).toBeVisible();
    expect(main().getByText(/^For sales orders, connect an own application/)).toBeVisible();

    // It is tried again without a browser, and a refusal is not covered by what was found before.
    await press(user, "Test the sign-in");
    await waitFor(() =>
      expect(backend.calls.find(({ name }) => name === "setup_check")?.request).toEqual({ shop: false, company: true }),
    );
    expect(await main().findByText(/1 of 2 permissions/)).toBeVisible();
    backend.setup.signedOut = true;
    await press(user, "Test the sign-in");
    expect(await screen.findByRole("alert")).toBeVisible();
    expect(main().queryByText(/1 of 2 permissions/)).toBeNull();
    expect(main().getByRole("button", { name: "Continue" })).toBeDisabled();
    await press(user, "Sign in again");
    await main().findByText("Waiting for you in the browser.");
    act(() => backend.setup.signedIn());
    expect(await main().findByText(/1 of 2 permissions/)).toBeVisible();
    expect(main().getByRole("button", { name: "Continue" })).toBeEnabled();
  });

  it("goes through all steps, and back without losing anything", async () => {
    const { user, backend } = await open("#/", { fresh: true, empty: false });
    await connectShop(user);
    await press(user, "Continue");
    await screen.findByRole("heading", { level: 1, name: "Which company is it?" });
    await press(user, "Fill it in");
    await press(user, "Back");
    await screen.findByRole("heading", { level: 1, name: "Which shop is it?" });
    await press(user, "Continue");
    expect(await main().findByRole("textbox", { name: "Client ID" })).toHaveValue("isv_brygga_practice");
    await press(user, "Test and connect");
    await main().findByText(/2 of 2 permissions/);
    await press(user, "Continue");

    await screen.findByRole("heading", { level: 1, name: "What should be kept in step?" });
    expect(await main().findByLabelText("Book orders from this day on")).toHaveValue("2026-10-01");
    expect(main().getByText("What gift cards does the shop sell?")).toBeInTheDocument();
    await user.click(main().getByRole("combobox", { name: "Gift cards" }));
    await user.click(await screen.findByRole("option", { name: "Single-purpose: VAT when sold" }));
    // What was chosen is what the test is about.
    backend.setup.lacking = ["read_returns"];
    await press(user, "Save and test");
    expect(await main().findByText(/2 of 3 permissions/)).toBeVisible();
    expect(main().getByText(/Missing: read_returns\./)).toBeVisible();
    // With another flow it is another question.
    await user.click(main().getByRole("switch", { name: "Invoices" }));
    expect(main().queryByText(/2 of 3 permissions/)).toBeNull();
    await user.click(main().getByRole("switch", { name: "Invoices" }));
    expect(main().queryByText(/2 of 3 permissions/)).toBeNull();
    backend.setup.lacking = [];
    await press(user, "Continue");
    await screen.findByRole("heading", { level: 1, name: "What is what in Visma.net?" });
    expect(backend.calls.find(({ name }) => name === "put_settings")?.request).toMatchObject({
      values: { start_date: "2026-10-01", gift_cards: "single_purpose" },
    });
    expect(await main().findByText(/60 orders were read/)).toBeVisible();
    // What both sides tell is proposed, with what speaks for it; it is chosen by going on.
    expect(await main().findByText(/One of them is a proposal, and counts when you save/)).toBeVisible();
    expect(main().getByText("Proposed")).toBeVisible();
    expect(main().getByText("Utgående mva, lav sats has 12 % in zone NO-IN.")).toBeVisible();
    expect(backend.calls.some(({ name }) => name === "put_mapping")).toBe(false);
    await press(user, "Save and continue");
    await waitFor(() =>
      expect(backend.calls.find(({ name }) => name === "put_mapping")?.request).toMatchObject({
        rows: [{ table: "vat", key: { rate: "12" }, values: { category: "12", zone: "NO-IN" } }],
      }),
    );

    await screen.findByRole("heading", { level: 1, name: "Does it look right?" });
    const orders = screen.getByRole("region", { name: "Choose an order" });
    await user.click(await within(orders).findByRole("button", { name: /#1059/ }));
    const becomes = screen.getByRole("region", { name: "What it becomes" });
    expect(await within(becomes).findByText(/VAT zone NO-IN/)).toBeVisible();
    expect(within(becomes).getByText(/^Credit note/)).toHaveTextContent("Credit note #1059 R1");
    expect(within(becomes).getByText(/^What follows rests on an invoice that is not there yet\./)).toBeVisible();
    await press(user, "Continue");
    await screen.findByRole("heading", { level: 1, name: "Ready" });
    await press(user, "Check once more");
    expect(await main().findByText(/3 of 3 permissions/)).toBeVisible();
    await user.click(main().getByRole("button", { name: "Start" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  }, 90_000);

  it("opens again for a pair that is set up, and leads back", async () => {
    const { user } = await open("#/setup/company");
    expect(await screen.findByRole("heading", { level: 1, name: "Which company is it?" })).toBeVisible();
    await user.click(screen.getByRole("link", { name: "To the overview" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  });
});

describe("the mapping step", () => {
  const reads = async (counts: { read: number; ready: number; held: number }) => {
    const { FakeBackend } = await import("../../backend/fake");
    const { render } = await import("@testing-library/react");
    const { App } = await import("../../app/App");
    const backend = new FakeBackend();
    backend.answers.set("setup_read", { ...counts, proposing: false });
    window.location.hash = "#/setup/mapping";
    render(<App backend={backend} />);
    const text = await screen.findByText(/(order was|orders were) read/);
    return text.closest("[data-tone]");
  };

  it("lets a proposal be changed or left out, and says why it is made", async () => {
    const { user, backend } = await open("#/setup/mapping", { orders: 120 });
    await user.click(await main().findByText("Proposed"));
    const editor = await screen.findByRole("dialog", { name: /^Norway · 12/ });
    expect(within(editor).getByText("This is a proposal. It counts when you save this step.")).toBeVisible();
    expect(within(editor).getByText("Utgående mva, lav sats has 12 % in zone NO-IN.")).toBeVisible();
    expect(within(editor).queryByRole("button", { name: "Take it" })).toBeNull();
    await user.click(within(editor).getByRole("button", { name: "Clear this row" }));
    expect(within(editor).getByRole("button", { name: "Take it" })).toBeVisible();
    await user.click(within(editor).getByRole("button", { name: "Done" }));
    await user.click(await main().findByRole("button", { name: /Save and continue|Continue/ }));
    await screen.findByRole("heading", { level: 1, name: "Does it look right?" });
    const saved = backend.calls.filter(({ name }) => name === "put_mapping");
    expect(saved.flatMap(({ request }) => (request as { rows: { values: object }[] }).rows)).not.toContainEqual(
      expect.objectContaining({ values: { category: "12", zone: "NO-IN" } }),
    );
  });

  it("says how far the reading is, and stops it", async () => {
    const { FakeBackend } = await import("../../backend/fake");
    const { render } = await import("@testing-library/react");
    const { App } = await import("../../app/App");
    const backend = new FakeBackend();
    const call = backend.call.bind(backend);
    const never = new Promise<never>(() => undefined);
    backend.call = (name, request, pair) => (name === "setup_read" ? never : call(name, request, pair));
    window.location.hash = "#/setup/mapping";
    render(<App backend={backend} />);
    const stop = await screen.findByRole("button", { name: "Stop" });
    expect(screen.getByRole("button", { name: "Back" })).toBeEnabled();
    act(() => stop.click());
    await waitFor(() => expect(backend.calls.some(({ name }) => name === "sync_stop")).toBe(true));
  });

  it("shows no green where there is no order", async () => {
    const notice = await reads({ read: 0, ready: 0, held: 0 });
    expect(notice).toHaveAttribute("data-tone", "quiet");
    expect(notice).toHaveTextContent("No order was read.");
    expect(notice).not.toHaveTextContent("Nothing is missing");
  });

  it("says in green that nothing is missing", async () => {
    expect(await reads({ read: 3, ready: 3, held: 0 })).toHaveAttribute("data-tone", "proven");
  });

  it("says how many orders need something first", async () => {
    const notice = await reads({ read: 0, ready: 0, held: 7 });
    expect(notice).toHaveAttribute("data-tone", "waiting");
    expect(notice).toHaveTextContent("7 orders need something first.");
  });

  it("says why its tables cannot be read", async () => {
    const { user: _, backend } = await open("#/overview");
    backend.failing.set("mapping", { code: "erp-signed-out", params: { detail: "x" } });
    window.location.hash = "#/setup/mapping";
    const alert = await screen.findByRole("alert");
    expect(within(alert).getByRole("link", { name: "Connect again" })).toHaveAttribute("href", "#/setup/company");
  });
});
