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

function end(pid) {
  try {
    process.kill(Number(pid), "SIGKILL");
  } catch {
    // It ended while we looked.
  }
}

/**
 * The program in a window, with a driver of its own: tauri-driver, which `cargo xtask test` installs and TAURI_DRIVER names. It hands what it is
 * asked to the WebKitWebDriver that it starts; where there is none, that one is asked itself.
 */
export class Window {
  #driver;
  #base;
  #session;

  static async open(binary, args, env) {
    const window = new Window();
    const port = await freePort();
    const tauri = process.env.TAURI_DRIVER;
    const [driver, words, wanted] = tauri
      ? [tauri, ["--port", port, "--native-port", await freePort()], { "tauri:options": { application: binary, args } }]
      : ["WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], { browserName: "wry", "webkitgtk:browserOptions": { binary, args } }];
    window.#driver = spawn(driver, words.map(String), {
      stdio: "inherit",
      env: { ...process.env, ...env, TAURI_WEBVIEW_AUTOMATION: "true" },
    });
    window.#base = `http://127.0.0.1:${port}`;
    try {
      await until("the driver answers", () => window.#call("GET", "/status"));
      const session = await window.#call("POST", "/session", { capabilities: { alwaysMatch: wanted } });
      window.#session = `/session/${session.sessionId}`;
      return window;
    } catch (error) {
      await window.leave();
      throw error;
    }
  }

  async close() {
    const programs = await this.#programs();
    const left = async () => (await this.#programs()).filter((pid) => programs.includes(pid));
    try {
      await this.#call("DELETE", this.#session);
      // The driver answers before it ends the program. One that is left would go on for ever, and with it whoever reads what it writes.
      await until("the driver has ended the program", async () => (await left()).length === 0);
    } finally {
      const still = await left();
      await this.leave();
      still.forEach(end);
    }
  }

  /** The program has ended by itself: only the driver is left. */
  async leave() {
    const native = await this.#native();
    this.#driver.kill("SIGKILL");
    if (native !== undefined && native !== this.#driver.pid) end(native);
  }

  /** The WebKitWebDriver. */
  async #native() {
    if (!process.env.TAURI_DRIVER) return this.#driver.pid;
    const [native] = await childrenOf(this.#driver.pid);
    return native === undefined ? undefined : Number(native);
  }

  /** What the driver has started. */
  async #programs() {
    const native = await this.#native();
    return native === undefined ? [] : childrenOf(native);
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

  /** The field with this label. */
  async labelled(name) {
    const found = await this.script(
      `const label = [...document.querySelectorAll("label")].find((each) => each.textContent.replace("*", "").trim() === arguments[0]);
       return label?.control ?? null`,
      name,
    );
    if (!found) throw new Error(`no field labelled ${name}`);
    return found[ELEMENT];
  }

  clear(element) {
    return this.#call("POST", `${this.#session}/element/${element}/clear`, {});
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
