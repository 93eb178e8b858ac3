/** Takes a picture of the window after a first sync: `node tests/e2e/screenshot.mjs FILE [ROUTE]`; BRYGGA_BIN names the program. */
import { launch } from "./browser.mjs";
import { startHost } from "./host.mjs";

const [file = "window.png", route = "overview"] = process.argv.slice(2);
const host = await startHost();
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "en-GB", colorScheme: "light" });
  await page.goto(host.url);
  await page.getByRole("heading", { level: 2 }).waitFor();
  await page.keyboard.press("F5");
  await page.getByRole("button", { name: "Stop" }).waitFor();
  await page.getByRole("button", { name: "Sync now", exact: true }).waitFor({ timeout: 120_000 });
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, `#/${route}`);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: file });
} finally {
  await browser.close();
  await host.stop();
}
