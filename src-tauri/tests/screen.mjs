// What a person at the screen does beside the page, and what they see there. The virtual screen has no desktop: a window manager makes it one.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { until } from "./webdriver.mjs";

const run = promisify(execFile);

const xdotool = (...words) => run("xdotool", words).then(({ stdout }) => stdout.trim());

/** Puts a window manager on the screen; gives what takes it away again. On a screen that has one, that one stays. */
export async function manageWindows(home) {
  const manager = spawn("openbox", ["--sm-disable"], { stdio: "ignore", env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home } });
  await once(manager, "spawn");
  // It says so on the root window, as every one does.
  await until("windows are managed", () => run("xprop", ["-root", "_NET_SUPPORTING_WM_CHECK"]).then(({ stdout }) => /window id #/.test(stdout)));
  return () => manager.kill("SIGTERM");
}

/** The process whose window has the keys, or nothing where none has them. */
export async function whoHasTheKeys() {
  try {
    return Number(await xdotool("getactivewindow", "getwindowpid"));
  } catch {
    return undefined;
  }
}

/** Presses a key where the keys go, as somebody at the keyboard. */
export const pressKey = (key) => xdotool("key", "--clearmodifiers", key);

/** Another program's window, in front. Gives what closes it. */
export async function somethingElse() {
  const other = spawn("xmessage", ["-center", "Something else"], { stdio: "ignore" });
  await once(other, "spawn");
  await until("it is in front", async () => (await whoHasTheKeys()) === undefined && (await xdotool("getactivewindow", "getwindowname")) === "xmessage");
  return () => other.kill("SIGTERM");
}
