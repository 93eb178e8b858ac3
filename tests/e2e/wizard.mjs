/** The steps of the set-up as somebody goes them, and what people do at the practice remotes meanwhile. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { heading, press } from "./page.mjs";

/** A side is connected, with every permission that it was asked for. */
export const connected = (page) =>
  page.getByText(/^Connected to Fjord & Fjell AS\. (\d+) of \1 permissions\./).waitFor();

export async function connectShop(page) {
  await press(page, "Fill it in");
  await press(page, "Test and connect");
  await connected(page);
  await press(page, "Continue");
  await heading(page, "Which company is it?");
}

export async function connectCompany(page) {
  await press(page, "Fill it in");
  await press(page, "Test and connect");
  await connected(page);
}

/** Chooses the sign-in in the browser, with this port for its way back. */
export async function chooseSignIn(page, port) {
  await page.getByText("Sign in", { exact: true }).click();
  await press(page, "Fill it in");
  await press(page, "More choices");
  await page.getByRole("textbox", { name: "Port on this computer" }).fill(String(port));
}

/** Presses the button and gives the page that the browser opened. */
export async function signInPage(context, page, button = "Sign in with Visma") {
  const opened = context.waitForEvent("page");
  await press(page, button);
  const connect = await opened;
  connect.setDefaultTimeout(60_000);
  await connect.getByRole("heading", { name: "Practice Visma Connect" }).waitFor();
  return connect;
}

/** What people do at the practice remotes of a host. */
export function remotes(host) {
  /** Something happens at the practice Visma.net. */
  async function visma(change) {
    const answer = await fetch(`${host.visma}/__control/change`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(change),
    });
    assert.equal(answer.status, 200);
  }

  return {
    visma,

    /** Something about the practice shop's app is another than before. */
    async shopify(config) {
      const url = `${host.shopify}/__control/config`;
      const before = await (await fetch(url)).json();
      const answer = await fetch(url, { method: "POST", body: JSON.stringify({ ...before, ...config(before) }) });
      assert.equal(answer.status, 200);
    },

    /** A free port for the sign-in, registered for the practice application. */
    async portForSignIn() {
      const port = await new Promise((resolve) => {
        const server = createServer().listen(0, "127.0.0.1", () => {
          const { port } = server.address();
          server.close(() => resolve(port));
        });
      });
      await visma({ change: "redirect_address", address: `http://127.0.0.1:${port}` });
      return port;
    },
  };
}
