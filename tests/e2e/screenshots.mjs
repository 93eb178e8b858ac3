/**
 * Takes the guide's pictures: every page of the window, light and dark, large and small, after a first sync and a proof.
 * `node tests/e2e/screenshots.mjs FOLDER`; BRYGGA_BIN names the program, as `cargo xtask screenshots` does.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { startHost } from "./host.mjs";
import { sync } from "./page.mjs";
import { smaller } from "./png.mjs";
import { caller, go, pages, prove } from "./screens.mjs";

const [folder] = process.argv.slice(2);
const SIZES = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
];

const host = await startHost();
let call;
const browser = await launch();
try {
  await beforeAnything();
  const shown = await firstSync();
  for (const colorScheme of ["light", "dark"])
    for (const viewport of SIZES) {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        locale: "en-GB",
        deviceScaleFactor: 1,
        reducedMotion: "reduce",
      });
      const page = await context.newPage();
      await page.goto(host.url);
      await page.getByRole("heading", { level: 1 }).waitFor();
      for (const [name, place] of Object.entries(shown)) {
        await go(page, place);
        // The overview as it is from day to day, with its next runs; then nothing moves any more.
        if (name === "overview") await goOn();
        await go(page, place);
        const file = `${name}-${colorScheme}-${viewport.width}.png`;
        // A run that began meanwhile is over.
        if (name === "overview") await page.getByRole("button", { name: "Sync now", exact: true }).waitFor();
        const picture = await page.screenshot();
        if (name === "overview") await call("pause", {});
        await writeFile(join(folder, file), smaller(picture));
      }
      await context.close();
    }
} finally {
  await browser.close();
  await host.stop();
}

/** The preview, while there is everything to show. */
async function beforeAnything() {
  const page = await browser.newPage({ locale: "en-GB", reducedMotion: "reduce" });
  await page.goto(host.url);
  await page.getByRole("heading", { level: 2 }).waitFor();
  await go(page, "preview");
  await page.getByRole("button", { name: "Preview now" }).first().click();
  await page.getByRole("gridcell").first().waitFor({ timeout: 120_000 });
  for (const colorScheme of ["light", "dark"])
    for (const viewport of SIZES) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      await go(page, "preview");
      await writeFile(join(folder, `preview-${colorScheme}-${viewport.width}.png`), smaller(await page.screenshot()));
    }
  await page.close();
}

/** Syncs and proves; what there is to take a picture of. */
async function firstSync() {
  const page = await browser.newPage({ locale: "en-GB" });
  await page.goto(host.url);
  await page.getByRole("heading", { level: 2 }).waitFor();
  await sync(page);
  await prove(page);
  call = caller(page);
  return pages(page);
}

/** Runs start by themselves, and none is under way. */
async function goOn() {
  await call("resume", {});
  let run;
  do {
    await new Promise((resolve) => setTimeout(resolve, 300));
    ({ run } = await call("overview", {}));
  } while (run !== null);
}
