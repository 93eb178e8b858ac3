/** The company step: only what was tested is gone on with, a refusal stays in sight, and the guide shows what is in the fields. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import type { Reason } from "../../api/generated/Reason";
import type { SetupView } from "../../api/generated/SetupView";
import { expectAccessible } from "../../test/axe";
import { open } from "../../test/open";
import { DASHBOARD, PORTAL } from "./opening";

beforeEach(() => localStorage.clear());

type Opened = Awaited<ReturnType<typeof open>>;
type User = Opened["user"];

const main = () => within(screen.getByRole("main"));
const press = async (user: User, name: string) => user.click(await main().findByRole("button", { name }));
const goOn = () => main().getByRole("button", { name: "Continue" });
const isConnected = () => main().queryByText(/^Connected to/) ?? main().queryByText(/\d of \d permissions/);
const field = (name: string) => main().getByRole("textbox", { name });

/** Ids and ports are pasted, as people do. */
async function type(user: User, name: string, text: string) {
  await user.clear(field(name));
  await user.paste(text);
}

/** The step of a fresh pair, with the shop connected. */
async function openCompany(): Promise<Opened> {
  const opened = await open("#/", { fresh: true });
  await press(opened.user, "Fill it in");
  await press(opened.user, "Test and connect");
  await main().findByText(/3 of 3 permissions/);
  await press(opened.user, "Continue");
  await screen.findByRole("heading", { level: 1, name: "Which company is it?" });
  return opened;
}

async function connect(user: User) {
  await press(user, "Fill it in");
  await press(user, "Test and connect");
  await main().findByText(/2 of 2 permissions/);
}

async function signIn({ user, backend }: Opened) {
  await user.click(await main().findByText("Sign in"));
  await press(user, "Sign in with Visma");
  await main().findByText("Waiting for you in the browser.");
  act(() => backend.setup.signedIn());
  await main().findByText(/1 of 2 permissions/);
}

/** How a sign-in ended, as the program tells it. */
async function ends({ backend }: Opened, trouble: Reason) {
  const view: SetupView = await backend.call("setup", {});
  view.company.sign_in = { ...view.company.sign_in, waiting: null, trouble };
  backend.answers.set("setup", view);
  act(() => backend.emit({ event: "setup_changed", data: {} }));
}

describe("the application", () => {
  it("is not gone on with while another company is typed", async () => {
    const { user } = await openCompany();
    expect(goOn()).toBeDisabled();
    await connect(user);
    expect(goOn()).toBeEnabled();
    const kept = (field("The company’s tenant ID") as HTMLInputElement).value;
    await type(user, "The company’s tenant ID", "00000000-2222-3333-4444-555555555555");
    expect(goOn()).toBeDisabled();
    expect(isConnected()).toBeNull();
    await type(user, "The company’s tenant ID", kept);
    expect(goOn()).toBeEnabled();
    expect(isConnected()).toBeVisible();
  });

  it("is not gone on with while a secret or other scopes are typed", async () => {
    const { user } = await openCompany();
    await connect(user);
    await user.type(main().getByLabelText("Client secret"), "new");
    expect(goOn()).toBeDisabled();
    await user.clear(main().getByLabelText("Client secret"));
    expect(goOn()).toBeEnabled();
    await press(user, "More choices");
    await user.type(field("Scopes"), " vismanet_erp_service_api:create");
    expect(goOn()).toBeDisabled();
    expect(isConnected()).toBeNull();
  });

  it("shows a refused test of what is connected as refused, also after another step", async () => {
    const { user, backend, container } = await openCompany();
    await connect(user);
    backend.failing.set("setup_company", { code: "erp-credentials", params: { detail: "invalid_client" } });
    await press(user, "Test and connect");
    expect(await screen.findByRole("alert")).toHaveTextContent("does not accept the client id or the secret");
    expect(goOn()).toBeDisabled();
    expect(isConnected()).toBeNull();
    await press(user, "Back");
    await screen.findByRole("heading", { level: 1, name: "Which shop is it?" });
    await press(user, "Continue");
    await screen.findByRole("heading", { level: 1, name: "Which company is it?" });
    expect(await screen.findByRole("alert")).toHaveTextContent("does not accept the client id or the secret");
    expect(goOn()).toBeDisabled();
    expect(isConnected()).toBeNull();
    await expectAccessible(container);
    backend.failing.delete("setup_company");
    await press(user, "Test and connect");
    expect(await main().findByText(/2 of 2 permissions/)).toBeVisible();
    expect(goOn()).toBeEnabled();
  });

  it("stays connected when it was another company that was refused", async () => {
    const { user, backend } = await openCompany();
    await connect(user);
    const kept = (field("The company’s tenant ID") as HTMLInputElement).value;
    backend.failing.set("setup_company", { code: "erp-tenant", params: { tenant: "0" } });
    await type(user, "The company’s tenant ID", "00000000-2222-3333-4444-555555555555");
    await press(user, "Test and connect");
    expect(await screen.findByRole("alert")).toBeVisible();
    await type(user, "The company’s tenant ID", kept);
    expect(screen.queryByRole("alert")).toBeNull();
    expect(isConnected()).toBeVisible();
    expect(goOn()).toBeEnabled();
  });

  it("says why the last run could not use it, until a test says otherwise", async () => {
    const opened = await openCompany();
    const { user, backend } = opened;
    await connect(user);
    const view: SetupView = await backend.call("setup", {});
    backend.answers.set("setup", { ...view, started: true });
    const overview = await backend.call("overview", {});
    backend.answers.set("overview", {
      ...overview,
      health: {
        kind: "stopped",
        reason: { code: "erp-credentials", params: { detail: "invalid_client" } },
        passing: false,
      },
    });
    act(() => backend.emit({ event: "setup_changed", data: {} }));
    expect(await screen.findByRole("alert")).toHaveTextContent("does not accept the client id or the secret");
    expect(isConnected()).toBeNull();
    expect(goOn()).toBeDisabled();
    await press(user, "Test and connect");
    expect(await main().findByText(/2 of 2 permissions/)).toBeVisible();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("the shop", () => {
  it("shows a refused test of what is connected as refused, also after another step", async () => {
    const { user, backend } = await openCompany();
    await press(user, "Back");
    await screen.findByRole("heading", { level: 1, name: "Which shop is it?" });
    expect(goOn()).toBeEnabled();
    backend.failing.set("setup_shop", { code: "shop-app-not-installed", params: { domain: "x" } });
    await press(user, "Test and connect");
    expect(await screen.findByRole("alert")).toBeVisible();
    expect(goOn()).toBeDisabled();
    await user.click(screen.getByRole("button", { name: /^Visma\.net/ }));
    await screen.findByRole("heading", { level: 1, name: "Which company is it?" });
    await press(user, "Back");
    expect(await screen.findByRole("alert")).toHaveTextContent("The app is not installed");
    expect(goOn()).toBeDisabled();
    expect(isConnected()).toBeNull();
  });
});

describe("the sign-in", () => {
  it("is not gone on with while another application or port is typed", async () => {
    const opened = await openCompany();
    const { user } = opened;
    await signIn(opened);
    expect(goOn()).toBeEnabled();
    await press(user, "More choices");
    await type(user, "Port on this computer", "50123");
    expect(goOn()).toBeDisabled();
    expect(isConnected()).toBeNull();
    await type(user, "Port on this computer", "47823");
    expect(goOn()).toBeEnabled();
    await type(user, "Client ID of the application", "another");
    expect(goOn()).toBeDisabled();
  });

  it("to another company is refused, and goes on with neither", async () => {
    const opened = await openCompany();
    await signIn(opened);
    await ends(opened, { code: "erp-other-company", params: { ours: "Test AS", theirs: "Real AS" } });
    expect(await screen.findByRole("alert")).toHaveTextContent("You chose Real AS; connected is Test AS.");
    expect(goOn()).toBeDisabled();
    expect(isConnected()).toBeNull();
  });

  it("that was called off says nothing about the one that is kept", async () => {
    const opened = await openCompany();
    await signIn(opened);
    await ends(opened, { code: "sign-in-cancelled", params: {} });
    expect(await screen.findByRole("alert")).toHaveTextContent("The sign-in was cancelled.");
    expect(isConnected()).toBeVisible();
    expect(goOn()).toBeEnabled();
  });

  it("goes on without a browser that opens, and tells how it ended", async () => {
    const opened = await openCompany();
    const { user, backend, container } = opened;
    backend.openExternal = async () => {
      throw "Not allowed to open url";
    };
    await user.click(await main().findByText("Sign in"));
    await press(user, "Sign in with Visma");
    await main().findByText("Waiting for you in the browser.");
    expect(await screen.findByRole("alert")).toHaveTextContent("Your browser did not open. Copy the address into it.");
    expect(main().getByText("http://127.0.0.1:1/connect/authorize?state=x")).toBeVisible();
    await expectAccessible(container);
    await ends(opened, { code: "erp-other-company", params: { ours: "Test AS", theirs: "Real AS" } });
    await waitFor(() => expect(screen.getByRole("alert")).toHaveTextContent("You chose Real AS"));
  });

  it("says which address to register where Visma refuses it", async () => {
    const opened = await openCompany();
    const { user, backend } = opened;
    await user.click(await main().findByText("Sign in"));
    const address = "http://127.0.0.1:1/connect/authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A50123&state=x";
    backend.answers.set("sign_in", { address });
    const view: SetupView = await backend.call("setup", {});
    view.company.sign_in = { ...view.company.sign_in, waiting: address };
    backend.answers.set("setup", view);
    await press(user, "Sign in with Visma");
    expect(await main().findByText(/^If Visma says that the address is not registered/)).toHaveTextContent(
      "add exactly http://127.0.0.1:50123 to",
    );
  });

  it("is stopped after a question, and nothing leads on without it", async () => {
    const opened = await openCompany();
    const { user } = opened;
    await signIn(opened);
    await press(user, "Stop using this connection");
    expect(screen.getByText(/^The sign-in is deleted on this computer\./)).toBeVisible();
    await press(user, "Cancel");
    expect(goOn()).toBeEnabled();
    await press(user, "Stop using this connection");
    await press(user, "Stop using it");
    expect(await screen.findByRole("button", { name: "Sign in with Visma" })).toBeEnabled();
    expect(screen.queryByRole("button", { name: "Stop using this connection" })).toBeNull();
    expect(goOn()).toBeDisabled();
    expect(isConnected()).toBeNull();
  });
});

describe("the guide for an own application to sign in by", () => {
  it("names the address of the port that is typed, the type Native, and the scopes", async () => {
    const { user, container } = await openCompany();
    await user.click(await main().findByText("Sign in"));
    await press(user, "More choices");
    await type(user, "Port on this computer", "50123");
    await user.click(main().getByRole("button", { name: /With an application of your own/ }));
    const body = main().getByText(/^Only if you do not use Brygga’s/).parentElement as HTMLElement;
    const copied = within(body)
      .getAllByRole("button", { name: /^Copy/ })
      .map((button) => button.closest("div")?.querySelector("code")?.textContent);
    expect(copied).toEqual(["http://127.0.0.1:50123", "offline_access"]);
    const picture = body.querySelector("svg[focusable]");
    expect(picture).toHaveTextContent("Native");
    expect(picture).toHaveTextContent("http://127.0.0.1:50123");
    expect(picture).not.toHaveTextContent("Service");
    await expectAccessible(container);
  });
});

describe("pages of others", () => {
  it("are among those that the window may open", () => {
    const file = join(import.meta.dirname, "../../../../src-tauri/capabilities/main.json");
    const allowed = (JSON.parse(readFileSync(file, "utf8")).permissions as (string | { allow?: { url: string }[] })[])
      .flatMap((permission) => (typeof permission === "string" ? [] : (permission.allow ?? [])))
      // As the opener compares them: by the letter, `*` for any number of any.
      .map(({ url }) => new RegExp(`^${url.split("*").map(escaped).join(".*")}$`));
    for (const page of [PORTAL, DASHBOARD]) {
      expect([page, allowed.some((pattern) => pattern.test(page))]).toEqual([page, true]);
    }
  });

  it("are shown to be copied where no browser opens", async () => {
    const { user, backend } = await openCompany();
    backend.openExternal = async () => {
      throw "Not allowed to open url";
    };
    await press(user, "oauth.developers.visma.com");
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("Your browser did not open. Copy the address into it.");
    expect(alert).toHaveTextContent(PORTAL);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
