// The real program in a home of its own: starting it, speaking to it as its page does, and what it is for the computer.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Window } from "./webdriver.mjs";

export const PROGRAM = process.env.BRYGGA_DESKTOP;
assert.ok(PROGRAM, "BRYGGA_DESKTOP names the program; `cargo xtask test` sets it");

/** What the window says in English. */
export const words = JSON.parse(await readFile(new URL("../../ui/src/i18n/en.json", import.meta.url), "utf8"));

/** A home that is there for one test file, and the environment of whoever lives there. */
export async function ownHome() {
  const home = await mkdtemp(join(tmpdir(), "brygga-window-"));
  await mkdir(join(home, "config"));
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data"), LANG: "en_GB.UTF-8", LANGUAGE: "en" };
  return { home, env, forget: () => rm(home, { recursive: true, force: true }) };
}

/** Opens the window. A cold start on a busy machine may be slower than the driver's patience: it is tried twice. */
export async function open(args, env) {
  try {
    return await Window.open(PROGRAM, args, env);
  } catch {
    return Window.open(PROGRAM, args, env);
  }
}

/** Calls commands of the contract the way the page does. */
export const callerOf =
  (window) =>
  async (name, payload = {}) => {
    const [ok, value] = await window.scriptWithCallback(
      `const [name, payload, done] = arguments;
       globalThis.__TAURI_INTERNALS__.invoke("rpc", { name, payload }).then((v) => done([true, v]), (e) => done([false, e]))`,
      name,
      payload,
    );
    if (!ok) throw Object.assign(new Error(JSON.stringify(value)), { refusal: value });
    return value;
  };

/** Starts the program where one runs already, and waits for its end. */
export async function startOf(args, env) {
  const second = spawn(PROGRAM, args, { stdio: "ignore", env: { ...process.env, ...env } });
  const timer = setTimeout(() => second.kill("SIGKILL"), 20_000);
  const [code] = await once(second, "exit");
  clearTimeout(timer);
  return code;
}

/** Processes of this program with this home. */
export async function running(home) {
  const own = [];
  for (const pid of await processes()) {
    try {
      if ((await readlink(`/proc/${pid}/exe`)) !== (await realpath(PROGRAM))) continue;
      if ((await readFile(`/proc/${pid}/environ`, "utf8")).includes(`HOME=${home}\0`)) own.push(pid);
    } catch {
      // It ended while we looked, or is somebody else's.
    }
  }
  return own;
}

/** The processes that draw a window of this program. */
export async function webProcesses(parent) {
  const parents = new Map();
  const names = new Map();
  for (const pid of await processes()) {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8");
      const [, name, rest] = /^\d+ \((.*)\) . (\d+)/.exec(stat);
      parents.set(pid, Number(rest));
      names.set(pid, name);
    } catch {
      // It ended while we looked.
    }
  }
  const isBelow = (pid) => pid === parent || (parents.has(pid) && isBelow(parents.get(pid)));
  return [...parents.keys()].filter((pid) => names.get(pid).startsWith("WebKitWeb") && isBelow(pid));
}

async function processes() {
  return (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
}
