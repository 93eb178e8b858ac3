// The real window on the practice pair, on whatever display there is. `cargo xtask test` gives it a display, a bus and the program.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Window, until } from "./webdriver.mjs";

const PROGRAM = process.env.BRYGGA_DESKTOP;
const ARGUMENTS = ["--practice", "--orders", "60", "--seed", "1"];
const words = JSON.parse(await readFile(new URL("../../ui/src/i18n/en.json", import.meta.url), "utf8"));

let home;
let env;
let window;

before(async () => {
  assert.ok(PROGRAM, "BRYGGA_DESKTOP names the program; `cargo xtask test` sets it");
  home = await mkdtemp(join(tmpdir(), "brygga-window-"));
  env = { HOME: home, XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data"), LANG: "en_GB.UTF-8", LANGUAGE: "en" };
  // A cold start on a busy machine may be slower than the driver's patience.
  for (const patience of [1, 0]) {
    try {
      window = await Window.open(PROGRAM, ARGUMENTS, env);
      return;
    } catch (error) {
      if (patience === 0) throw error;
    }
  }
});

after(async () => {
  await window?.close();
  await rm(home, { recursive: true, force: true });
});

/** Calls a command of the contract the way the page does. */
async function call(name, payload = {}) {
  const [ok, value] = await window.scriptWithCallback(
    `const [name, payload, done] = arguments;
     globalThis.__TAURI_INTERNALS__.invoke("rpc", { name, payload }).then((v) => done([true, v]), (e) => done([false, e]))`,
    name,
    payload,
  );
  if (!ok) throw Object.assign(new Error(JSON.stringify(value)), { refusal: value });
  return value;
}

async function goTo(page) {
  await window.script("location.hash = arguments[0]", `#/${page}`);
}

test("opens on the practice pair, with its styles and without a page of its own making", async () => {
  await until("the overview is there", async () => (await window.text()).includes(words["nav.overview"]));
  const info = await call("app_info");
  assert.equal(info.practice, true);
  assert.match(info.shop_domain, /\.myshopify\.com$/);
  // The content policy must not eat the styles that the component library adds at run time.
  const font = await window.script("return getComputedStyle(document.body).fontSize");
  assert.equal(font, "14px");
});

test("Sync now books what the shop has sold, and the page follows without being asked", async () => {
  await window.click(await until("the button", () => window.named("button", words["sync.now"])));
  const done = await until(
    "the run ends",
    async () => {
      const overview = await call("overview");
      return overview.run === null && overview.last_run !== null && overview;
    },
    120,
  );
  assert.equal(done.last_run.failure, null);
  const orders = done.flows.find((flow) => flow.flow === "orders").counts;
  assert.ok(orders.booked > 15, `booked ${orders.booked}`);
  assert.equal(orders.new, 0, "everything that was seen is decided");
  await until("the page shows the count", async () => (await window.text()).includes(String(orders.booked)));
  if (process.env.BRYGGA_SCREENSHOT) await writeFile(process.env.BRYGGA_SCREENSHOT, await window.picture());
});

test("the activity log is there and finds an order", async () => {
  await goTo("activity");
  const { rows } = await call("records", { kind: "order", search: null, state: "booked", offset: 0, limit: 1 });
  const { name } = rows[0];
  const filter = await until("the filter", () => window.find("[data-filter]"));
  await window.type(filter, name);
  await until("only that order is left", async () => {
    const names = await window.script("return [...document.querySelectorAll('[role=row]')].slice(1).map((r) => r.innerText)");
    return names.length > 0 && names.every((text) => text.includes(name));
  });
});

test("held orders are grouped by cause, each with a remedy", async () => {
  const groups = await call("held");
  assert.ok(groups.length > 0, "the practice month has orders that nobody may guess about");
  await goTo("fixes");
  await until("the causes", async () => {
    const text = await window.text();
    return groups.every((group) => text.includes(group.records[0].name) || text.includes(String(group.count)));
  });
});

test("a record's story shows both sides", async () => {
  const { rows } = await call("records", { kind: "order", search: null, state: "booked", offset: 0, limit: 1 });
  await goTo(`records/order/${rows[0].id}`);
  await until("both numbers", async () => {
    const text = await window.text();
    return text.includes(rows[0].name) && text.includes(rows[0].erp_number);
  });
});

test("a command that does not exist is refused with a code", async () => {
  await assert.rejects(call("no_such_command"), (error) => typeof error.refusal.code === "string");
});

test("the page can neither leave nor open strangers", async () => {
  await window.script("location.href = 'https://example.com/'");
  assert.match(await window.script("return location.origin"), /tauri/);
  const opened = await window.scriptWithCallback(
    `const done = arguments[0];
     globalThis.__TAURI_INTERNALS__.invoke("plugin:opener|open_url", { url: "https://example.com/" }).then(() => done(true), () => done(false))`,
  );
  assert.equal(opened, false, "only the two admin sites may be opened");
});

test("a second start hands over to the first and ends", async () => {
  const second = spawn(PROGRAM, ARGUMENTS, { stdio: "ignore", env: { ...process.env, ...env } });
  const timer = setTimeout(() => second.kill("SIGKILL"), 20_000);
  const [code] = await once(second, "exit");
  clearTimeout(timer);
  assert.equal(code, 0);
  assert.equal((await call("app_info")).practice, true);
});
