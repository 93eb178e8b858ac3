/** Debian's Chromium, driven by playwright-core. */
import { existsSync } from "node:fs";
import { require } from "./host.mjs";

const { chromium } = require("playwright-core");

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where the browser is, or `undefined`: the tests then say so and are left out. */
export const BROWSER = process.env.BRYGGA_BROWSER ?? PLACES.find((path) => existsSync(path));

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
