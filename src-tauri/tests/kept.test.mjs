// The real program on its own data folder, connected to practice remotes that run beside it and go on while it does not: quit from the tray in the
// middle of a sync, and the next start, which goes on where it was. BRYGGA_BIN names the command line, which runs the remotes and connects.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { callerOf, open, ownHome, PROGRAM, running, words } from "./program.mjs";
import { trayOf } from "./tray.mjs";
import { until } from "./webdriver.mjs";

const run = promisify(execFile);
const BRYGGA = process.env.BRYGGA_BIN;
const ORDERS = "60";
/** How late each answer to an order that is sent comes, so that a run is still under way when somebody has found the tray. */
const LATE_MS = 3000;

let home;
let env;
let forget;
let data;
let sandbox;
const remotes = {};

before(async () => {
  assert.ok(BRYGGA, "BRYGGA_BIN names the command line; `cargo xtask test` sets it");
  ({ home, env, forget } = await ownHome());
  Object.assign(env, { BRYGGA_PASSPHRASE: "a passphrase", BRYGGA_PASSPHRASE_COST: "2" });
  sandbox = spawn(BRYGGA, ["sandbox", "--orders", ORDERS], { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: sandbox.stdout })) {
    const [name, address] = line.split(" ");
    remotes[name] = address;
    if (remotes.shopify && remotes.visma) break;
  }
  data = join(home, "data", "no.brygga.desktop", "pairs", "default");
  await mkdir(data, { recursive: true });
  await connect();
});

after(async () => {
  sandbox?.kill("SIGTERM");
  await forget?.();
});

/** The command line on the folder of the window's pair, while the window does not run. */
async function brygga(words, more = {}) {
  const { stdout } = await run(BRYGGA, ["--data-dir", data, ...words], { env: { ...process.env, ...env, ...more }, maxBuffer: 1 << 26 });
  return stdout;
}

/** Connects both sides with the practice credentials, and takes every suggestion. */
async function connect() {
  const shop = ["connect", "shopify", "--domain", "fjord-og-fjell.myshopify.com", "--client-id", "practice-client", "--base-url", remotes.shopify];
  await brygga(shop, { BRYGGA_SHOPIFY_SECRET: "practice-secret" });
  const tenant = "11111111-2222-3333-4444-555555555555";
  const company = ["connect", "visma", "--client-id", "isv_brygga_practice", "--tenant", tenant, "--base-url", remotes.visma];
  await brygga(company, { BRYGGA_VISMA_SECRET: "practice-secret" });
  const file = join(home, "suggested.json");
  await writeFile(file, await brygga(["settings", "suggest", "--countries", "NO,SE,DK,FI,DE,JP,US"]));
  await brygga(["settings", "import", file]);
}

/** The practice Visma.net is slow from here on, or as fast as ever. */
async function slow(isSlow) {
  const fault = { kind: "slow_body", millis: LATE_MS };
  const rule = { side: "visma", method: "POST", path_contains: "SalesOrders", times: 10_000, fault };
  const answer = await fetch(`${remotes.visma}/__control/faults`, isSlow ? { method: "POST", body: JSON.stringify(rule) } : { method: "DELETE" });
  assert.ok(answer.ok, `${answer.status}`);
}

/** The sales orders that there are in the practice Visma.net. */
async function sent() {
  const { orders } = await (await fetch(`${remotes.visma}/__control/state`)).json();
  return orders.filter(({ order_type }) => order_type === "SO");
}

test("quit in the middle of a sync ends at a safe point, and the next start goes on: nothing is booked twice", async () => {
  await slow(true);
  const first = spawn(PROGRAM, [], { stdio: "ignore", env: { ...process.env, ...env } });
  const gone = once(first, "exit");
  try {
    await until("it is in the tray", async () => (await trayOf("real")).lines.length > 0, 60);
    await until("the first sync sends", async () => (await sent()).length >= 3, 120);
    await (await trayOf("real")).click(words["tray.quit"]);
    assert.deepEqual(await gone, [0, null], "it ends by itself, as somebody who quits expects");
  } finally {
    if (first.exitCode === null) first.kill("SIGKILL");
  }
  await slow(false);
  const before = await sent();
  // What it left: a run that was stopped, not one that broke off, and every order of Visma.net known by its number.
  const { activity } = JSON.parse(await brygga(["activity", "--json", "--limit", "100"]));
  const ended = activity.find(({ event }) => event.startsWith("run-"));
  assert.deepEqual([ended?.event, ended?.params.code], ["run-failed", "stopped"]);
  const known = JSON.parse(await brygga(["records", "--json", "--limit", "1000"]));
  const booked = known.records.filter(({ kind, state }) => kind === "order" && state === "booked");
  assert.ok(booked.length >= 1, `booked ${booked.length}`);
  const unknown = before.filter(({ id }) => !known.records.some(({ erp_number }) => erp_number?.endsWith(id)));
  assert.deepEqual(unknown, [], "at its safe point nothing is on its way");

  const window = await open([], env);
  try {
    assert.equal((await running(home)).length, 1);
    const call = callerOf(window);
    await until("the page is there", async () => (await window.text()).includes(words["nav.overview"]));
    const done = await until(
      "it goes on by itself, to the end",
      async () => {
        const overview = await call("overview");
        return overview.run === null && overview.last_run?.failure === null && overview;
      },
      180,
    );
    const counts = done.flows.find(({ flow }) => flow === "orders").counts;
    assert.equal(counts.new, 0, "everything that was seen is decided");
    assert.ok(counts.booked > booked.length, `${counts.booked} after ${booked.length}`);
    // What the first start booked and what the second did are one list.
    const { rows } = await call("records", { kind: "order", search: null, state: "booked", offset: 0, limit: 500 });
    for (const { name } of booked) assert.ok(rows.some((row) => row.name === name), name);
  } finally {
    await window.close();
  }
  const after = await sent();
  const references = after.map(({ ref_no }) => ref_no);
  assert.ok(references.every((reference) => reference), "each names its order");
  assert.equal(new Set(references).size, after.length, "nothing is booked twice");
  for (const { id } of before) assert.ok(after.some((order) => order.id === id), id);
  const proof = JSON.parse(await brygga(["proof", "--json"]));
  assert.deepEqual(proof.differences, [], "and both sides are equal to the cent");
});
