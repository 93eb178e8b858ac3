/** A Chromium of this computer, driven by playwright-core. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { require } from "./host.mjs";

const { chromium } = require("playwright-core");

/** Where it usually is. Edge is one, and is on every Windows. */
function places({ platform, env }) {
  if (platform === "darwin")
    return ["Google Chrome", "Chromium", "Microsoft Edge"].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  if (platform === "win32")
    return [env.ProgramFiles, env["ProgramFiles(x86)"], env.LOCALAPPDATA]
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => [
        join(folder, "Google", "Chrome", "Application", "chrome.exe"),
        join(folder, "Chromium", "Application", "chrome.exe"),
        join(folder, "Microsoft", "Edge", "Application", "msedge.exe"),
      ]);
  return ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium"];
}

/**
 * Where the browser is, or `undefined`: the tests then say so and are left out, and `cargo xtask test` reports them as skipped. BRYGGA_BROWSER
 * names another one; set to nothing, there is none.
 */
export const BROWSER = (process.env.BRYGGA_BROWSER ?? places(process).find((path) => existsSync(path))) || undefined;

export function launch() {
  return chromium.launch({
    executablePath: BROWSER,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
