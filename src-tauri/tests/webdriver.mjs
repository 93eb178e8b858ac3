// Just enough of the WebDriver protocol to drive the real window: no packages, only Node.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** Asks again until it holds; the last failure is the reason when it never does. */
export async function until(what, attempt, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  let last;
  while (Date.now() < end) {
    try {
      const result = await attempt();
      if (result) return result;
    } catch (error) {
      last = error;
    }
    await pause(100);
  }
  throw new Error(`not within ${seconds} s: ${what}`, { cause: last });
}

/** The processes that a process has started and that go on. */
async function childrenOf(parent) {
  const own = [];
  for (const pid of await readdir("/proc")) {
    try {
      const [, state, of] = /\) (\S) (\d+)/.exec(await readFile(`/proc/${pid}/stat`, "utf8"));
      if (Number(of) === parent && state !== "Z") own.push(pid);
    } catch {
      // It ended while we looked, or is no process.
    }
  }
  return own;
}

/** The program in a window, with a WebKitWebDriver of its own. */
export class Window {
  #driver;
  #base;
  #session;

  static async open(binary, args, env) {
    const window = new Window();
    const port = await freePort();
    window.#driver = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
      stdio: "inherit",
      env: { ...process.env, ...env, TAURI_WEBVIEW_AUTOMATION: "true" },
    });
    window.#base = `http://127.0.0.1:${port}`;
    const wanted = { browserName: "wry", "webkitgtk:browserOptions": { binary, args } };
    try {
      await until("the driver answers", () => window.#call("GET", "/status"));
      const session = await window.#call("POST", "/session", { capabilities: { alwaysMatch: wanted } });
      window.#session = `/session/${session.sessionId}`;
      return window;
    } catch (error) {
      window.#driver.kill("SIGKILL");
      throw error;
    }
  }

  async close() {
    const programs = await childrenOf(this.#driver.pid);
    try {
      await this.#call("DELETE", this.#session);
      // The driver answers before it ends the program. One that is left would go on for ever, and with it whoever reads what it writes.
      const isThere = async () => (await childrenOf(this.#driver.pid)).some((pid) => programs.includes(pid));
      await until("the driver has ended the program", async () => !(await isThere()));
    } finally {
      const left = (await childrenOf(this.#driver.pid)).filter((pid) => programs.includes(pid));
      this.#driver.kill("SIGKILL");
      for (const pid of left) {
        try {
          process.kill(Number(pid), "SIGKILL");
        } catch {
          // It ended while we looked.
        }
      }
    }
  }

  /** The program has ended by itself: only the driver is left. */
  async leave() {
    this.#driver.kill("SIGKILL");
  }

  async #call(method, path, body) {
    const init = { method, signal: AbortSignal.timeout(path === "/session" ? 60_000 : 15_000) };
    if (body !== undefined) Object.assign(init, { body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    const answer = await fetch(this.#base + path, init);
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  /** Runs a function's body in the page. */
  script(script, ...args) {
    return this.#call("POST", `${this.#session}/execute/sync`, { script, args });
  }

  /** Runs a function's body whose last argument is the callback to end it with. */
  scriptWithCallback(script, ...args) {
    return this.#call("POST", `${this.#session}/execute/async`, { script, args });
  }

  async find(css) {
    return (await this.#call("POST", `${this.#session}/element`, { using: "css selector", value: css }))[ELEMENT];
  }

  /** The element whose visible text (or accessible name) is exactly this. */
  async named(css, name) {
    const found = await this.script(
      `const [css, name] = arguments;
       return [...document.querySelectorAll(css)].find((e) => e.textContent.trim() === name || e.getAttribute("aria-label") === name) ?? null`,
      css,
      name,
    );
    if (!found) throw new Error(`no ${css} named ${name}`);
    return found[ELEMENT];
  }

  click(element) {
    return this.#call("POST", `${this.#session}/element/${element}/click`, {});
  }

  type(element, text) {
    return this.#call("POST", `${this.#session}/element/${element}/value`, { text });
  }

  /** The text of the page as a person sees it. */
  text() {
    return this.script("return document.body.innerText");
  }

  /** A picture of the page, PNG. */
  async picture() {
    return Buffer.from(await this.#call("GET", `${this.#session}/screenshot`), "base64");
  }
}
