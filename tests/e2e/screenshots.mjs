/**
 * Takes the guide's pictures: every page of the window, light and dark, large and small: each step of the set-up, the preview before anything was
 * sent, and all pages after a first sync and a proof.
 * `node tests/e2e/screenshots.mjs FOLDER`; BRYGGA_BIN names the program, as `cargo xtask screenshots` does. With a word behind the folder, only the
 * parts of that name: `setup`, `window`, `opened`, `damaged`.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { bookByHand } from "./by-hand.mjs";
import { fill } from "./filled.mjs";
import { startHost, startProgram } from "./host.mjs";
import { openBy } from "./opened.mjs";
import { OPENERS } from "./openers.mjs";
import { heading, openPage, press, sync } from "./page.mjs";
import { smaller } from "./png.mjs";
import { caller, go, pages, prove } from "./screens.mjs";

const [folder, ...wanted] = process.argv.slice(2);
const FRESH = ["serve", "--practice", "--fresh", "--orders", "80", "--port", "0"];
const SIZES = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
];
/** The parts of the settings that the guide tells of. */
const PARTS = ["schedule", "data", "connections", "desktop"];
const STEPS = ["shop", "company", "flows", "mapping", "sample", "start"];

const browser = await launch();
try {
  if (wants("setup")) await ofTheSetUp(await startProgram(process.env.BRYGGA_BIN, FRESH));
  if (wants("window")) await ofTheWindow(await startHost());
  if (wants("opened")) await ofTheOpened(await startProgram(process.env.BRYGGA_BIN));
  if (wants("damaged")) await ofTheDamaged(await startProgram(process.env.BRYGGA_BIN));
} finally {
  await browser.close();
}

function wants(part) {
  return wanted.length === 0 || wanted.includes(part);
}

/** The four pictures of what is on the page, or of `what` alone; `ready` brings it there anew, for what a size lays out once. */
async function four(page, name, ready = () => undefined, what = undefined) {
  for (const colorScheme of ["light", "dark"])
    for (const viewport of SIZES) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(viewport);
      await ready();
      await page.waitForTimeout(400);
      const file = `${name}-${colorScheme}-${viewport.width}.png`;
      await writeFile(join(folder, file), smaller(await (what ?? page).screenshot()));
    }
  await page.setViewportSize(SIZES[0]);
}

/** Each step as it is when it is done. */
async function ofTheSetUp(host) {
  try {
    const { page, done } = await openPage(browser, host.url, { reducedMotion: "reduce" });
    const connected = /^Connected to Fjord & Fjell AS\./;
    const shown = {
      shop: async () => {
        await four(page, "setup-begin");
        await press(page, "Fill it in");
        await press(page, "Test and connect");
        await page.getByText(connected).waitFor();
      },
      company: async () => {
        await page.getByText("Sign in", { exact: true }).click();
        await four(page, "setup-sign-in");
        await page.getByText("Own application", { exact: true }).click();
        await press(page, "Fill it in");
        await press(page, "Test and connect");
        await page.getByText(connected).waitFor();
      },
      flows: () => heading(page, "What should be kept in step?"),
      mapping: () => page.getByText(/^\d+ orders were read\. \d+ rows are filled\./).waitFor(),
      sample: async () => {
        await page.getByRole("button", { name: /^Send #\d+ to Visma\.net$/ }).click();
        await page.getByText(/was read back, and is equal to the cent\.$/).waitFor();
      },
      start: () => heading(page, "Ready"),
    };
    for (const step of STEPS) {
      await shown[step]();
      await page.evaluate(() => globalThis.scrollTo(0, 0));
      await four(page, `setup-${step}`);
      if (step !== "start") await press(page, step === "mapping" ? "Save and continue" : "Continue");
    }
    await done();
  } finally {
    await host.stop();
  }
}

async function ofTheWindow(host) {
  try {
    const { page, done } = await openPage(browser, host.url, { reducedMotion: "reduce", desktop: true });
    const call = caller(page);
    await go(page, "preview");
    await press(page, "Preview now");
    await page.getByRole("gridcell").first().waitFor();
    await four(page, "preview", () => go(page, "preview"));
    await bookByHand(host, page);
    await go(page, "preview/already");
    await press(page, "Look for them");
    await page.getByRole("gridcell", { name: "It names the order" }).first().waitFor();
    await four(page, "already", () => go(page, "preview/already"));

    await go(page, "overview");
    await sync(page);
    await prove(page);
    for (const [name, place] of Object.entries(await pages(page))) {
      if (name !== "overview") {
        await four(page, name, () => go(page, place));
        continue;
      }
      // As it is from day to day, with its next runs; and no run is under way.
      await four(page, name, async () => {
        await call("resume", {});
        for (;;) {
          await page.waitForTimeout(300);
          if ((await call("overview", {})).run === null) break;
        }
        await go(page, place);
      });
      await call("pause", {});
    }
    await ofTheSettings(page);
    await done();
  } finally {
    await host.stop();
  }
}

/** In their whole length, as nobody sees them in a window; and each of the parts that the guide tells of. */
async function ofTheSettings(page) {
  await four(page, "settings-whole", async () => {
    await go(page, "settings");
    const { width } = page.viewportSize();
    const height = await page.evaluate(() => {
      const main = document.querySelector("main");
      const hidden = Math.max(main.scrollHeight - main.clientHeight, 0);
      return Math.max(document.documentElement.scrollHeight, window.innerHeight + hidden);
    });
    await page.setViewportSize({ width, height });
  });
  for (const part of PARTS)
    await four(page, `settings-${part}`, () => go(page, `settings/${part}`), page.locator(`#settings-${part}`));
}

/** What is opened over a page or within it. */
async function ofTheOpened(host) {
  try {
    const { page, done } = await openPage(browser, host.url, { reducedMotion: "reduce", desktop: true });
    await fill(host, page);
    for (const { picture, ...opener } of OPENERS.filter(({ picture }) => picture !== undefined))
      await four(page, picture, async () => {
        // What was open, and what was chosen, is forgotten.
        await go(page, "help");
        await page.reload();
        await openBy(page, opener);
      });
    await done();
  } finally {
    await host.stop();
  }
}

/**
 * In place of the pages of a store whose database is none. The program in a browser has one store, and does not start with such a one: a stand-in
 * answers what the window answers then, and the store has the copies that it has.
 */
async function ofTheDamaged(host) {
  try {
    const context = await browser.newContext({ viewport: SIZES[0], locale: "en-GB", reducedMotion: "reduce" });
    const reason = { code: "store-damaged", params: { detail: "file is not a database" } };
    await context.route("**/rpc/*", async (route) => {
      const name = route.request().url().split("/").at(-1);
      if (name === "pair_copies") return route.fulfill({ json: copies() });
      if (name !== "pairs") return route.fulfill({ status: 422, json: reason });
      const view = await (await route.fetch()).json();
      const pairs = view.pairs.map((pair) => ({ ...pair, state: { kind: "broken", reason } }));
      return route.fulfill({ json: { ...view, pairs } });
    });
    const page = await context.newPage();
    await page.goto(host.url);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await four(page, "damaged");
    await context.close();
  } finally {
    await host.stop();
  }
}

/** A copy of each of three days. */
function copies() {
  return [16, 15, 14].map((day) => {
    const name = `brygga-2026-10-${day}.brygga`;
    const path = `/home/kari/.local/share/no.brygga.desktop/pairs/default/backups/${name}`;
    return { name, path, kind: "daily", at: `2026-10-${day}T05:00:00Z`, kilobytes: 4212 };
  });
}
