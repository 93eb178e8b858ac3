/**
 * Takes the guide's pictures: every page of the window, light and dark, large and small, after a first sync and a proof.
 * `node tests/e2e/screenshots.mjs FOLDER`; BRYGGA_BIN names the program, as `cargo xtask screenshots` does.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { startHost } from "./host.mjs";
import { smaller } from "./png.mjs";

const [folder] = process.argv.slice(2);
const SIZES = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
];
const PAGES = ["overview", "fixes", "activity", "records", "story", "mapping", "proof", "settings", "help"];

const host = await startHost();
let call;
const browser = await launch();
try {
  const story = await firstSync();
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
      for (const name of PAGES) {
        await page.evaluate(
          (hash) => {
            window.location.hash = hash;
          },
          name === "story" ? story : `#/${name}`,
        );
        // The overview as it is from day to day, with its next runs; then nothing moves any more.
        if (name === "overview") await goOn();
        await settled(page);
        const file = `${name}-${colorScheme}-${viewport.width}.png`;
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

/** Syncs and proves; the address of the story of an order that has every kind of part. */
async function firstSync() {
  const page = await browser.newPage({ locale: "en-GB" });
  await page.goto(host.url);
  await page.getByRole("heading", { level: 2 }).waitFor();
  await page.getByRole("button", { name: "Sync now", exact: true }).click();
  await page.getByRole("button", { name: "Stop" }).waitFor();
  await page.getByRole("button", { name: "Sync now", exact: true }).waitFor({ timeout: 240_000 });
  call = (name, request) =>
    page.evaluate(
      async ([name, body]) => {
        const answer = await fetch(`/rpc/${name}`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-brygga-token": sessionStorage.getItem("brygga-token") },
          body,
        });
        return answer.json();
      },
      [name, JSON.stringify(request)],
    );
  await call("prove", {});
  for (;;) {
    const { running } = await call("proof", {});
    if (running === null) break;
    await page.waitForTimeout(250);
  }
  const list = { kind: "credit_note", search: null, state: "booked", offset: 0, limit: 1 };
  const { rows } = await call("records", list);
  const { order } = await call("story", { kind: "credit_note", id: rows[0].id });
  return `#/records/order/${order.id}`;
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

/** Nothing is being read any more, and the fonts are there. */
async function settled(page) {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => document.querySelector("[class*=Skeleton]") === null);
  await page.waitForTimeout(400);
}
