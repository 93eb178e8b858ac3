// The real window on the practice pair, on whatever display there is. `cargo xtask test` gives it a display, a bus and the program.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { callerOf, open, ownHome, PROGRAM, running, startOf, webProcesses, words } from "./program.mjs";
import { manageWindows, pressKey, somethingElse, whoHasTheKeys } from "./screen.mjs";
import { trayOf } from "./tray.mjs";
import { Window, until } from "./webdriver.mjs";

const ARGUMENTS = ["--practice", "--orders", "60", "--seed", "1"];

let home;
let env;
let forget;
let unmanage;
let window;

before(async () => {
  ({ home, env, forget } = await ownHome());
  // Where this user's downloads are: the folder itself is not there yet.
  await writeFile(join(home, "config", "user-dirs.dirs"), 'XDG_DOWNLOAD_DIR="$HOME/Fetched"\n');
  unmanage = await manageWindows(home);
  window = await open(ARGUMENTS, env);
});

after(async () => {
  await window?.close();
  unmanage?.();
  await forget();
});

const call = (name, payload, of = window) => callerOf(of)(name, payload);
const tray = () => trayOf("practice");

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

test("a file is saved among the downloads, beside what is there, and it is said where", async () => {
  await goTo("help");
  const fetched = join(home, "Fetched");
  for (const made of [1, 2]) {
    const pressed = await until("the button", () =>
      window.script(
        `const button = [...document.querySelectorAll("button")].find((each) => each.textContent.trim() === arguments[0]);
         if (!button || button.disabled) return false;
         button.click();
         return true;`,
        words["support.make"],
      ),
    );
    assert.ok(pressed);
    const names = await until("the file", async () => {
      const names = await readdir(fetched).catch(() => []);
      return names.length === made && names.sort();
    });
    assert.match(names[0], made === 1 ? /^brygga-support-2026-1\d-\d\d\.json$/ : / \(1\)\.json$/);
    const path = join(fetched, names[0]);
    await until("where it is", async () => (await window.text()).includes(path));
    const file = JSON.parse(await readFile(path, "utf8"));
    assert.equal(file.program.practice, true);
    assert.ok(file.runs.length > 0);
  }
});

test("a message that is none of the contract gets a code and does nothing", async () => {
  const before = await call("overview");
  const invoke = (command, message) =>
    window.scriptWithCallback(
      `const [command, message, done] = arguments;
       globalThis.__TAURI_INTERNALS__.invoke(command, message).then((v) => done([true, v]), (e) => done([false, e]))`,
      command,
      message,
    );
  const wrong = [
    {},
    { payload: {} },
    { name: null, payload: {} },
    { name: 7, payload: {} },
    { name: ["sync_now"], payload: {} },
    { name: "no_such_command", payload: {} },
    { name: "sync_now", payload: "orders" },
    { name: "sync_now", payload: [] },
    { name: "sync_now", payload: { flow: 1 } },
    { name: "sync_now", payload: { flow: "flwo" } },
    { name: "sync_now", payload: { flwo: "orders" } },
    { name: "desktop_act", payload: { action: "format" } },
    { name: "desktop_act", payload: "quit" },
    { name: "put_desktop", payload: { autostart: "yes" } },
    { name: "put_settings", payload: { revision: 1 } },
    { name: "save_file", payload: { name: "../.profile", base64: "" } },
    { name: "save_file", payload: { name: "brygga-run.desktop", base64: "" } },
    { name: "save_file", payload: { name: "brygga-x.csv", base64: "%" } },
  ];
  for (const message of wrong) {
    const [ok, error] = await invoke("rpc", message);
    assert.deepEqual([ok, error.code], [false, "wrong-use"], JSON.stringify(message));
  }
  const after = await call("overview");
  assert.deepEqual([after.run, after.last_run], [before.run, before.last_run]);
});

test("the page may do nothing but what its capability names", async () => {
  // Plugins that the program uses itself, and some that it has not.
  for (const command of [
    "plugin:autostart|enable",
    "plugin:store|load",
    "plugin:notification|notify",
    "plugin:window|close",
    "plugin:window|set_title",
    "plugin:webview|create_webview_window",
    "plugin:event|emit",
    "plugin:app|version",
    "plugin:fs|read_text_file",
    "plugin:shell|execute",
    "plugin:no-such-plugin|do",
    "no_such_command",
  ]) {
    const refused = await window.scriptWithCallback(
      `const [command, done] = arguments;
       globalThis.__TAURI_INTERNALS__.invoke(command, {}).then(() => done(null), (e) => done(String(e)))`,
      command,
    );
    assert.match(refused ?? "it was done", /not allowed|not found|permission/i, command);
  }
  // No script that is not ours.
  const ran = await window.script(
    `globalThis.stranger = false;
     const inline = document.createElement("script"); inline.textContent = "globalThis.stranger = true"; document.head.append(inline);
     return globalThis.stranger`,
  );
  assert.equal(ran, false, "the content policy stops script that is not ours");
});

test("the page asks nobody else for anything: neither a request, nor a picture, nor a script", async () => {
  const asked = [];
  // Whoever asks it is answered, from whatever page: nothing but the page's own policy stands between.
  const stranger = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(200, { "content-type": request.url === "/script" ? "text/javascript" : "image/svg+xml", "access-control-allow-origin": "*" });
    response.end(request.url === "/script" ? "globalThis.stranger = true" : '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
  }).listen(0, "127.0.0.1");
  await once(stranger, "listening");
  try {
    const address = `http://127.0.0.1:${stranger.address().port}`;
    assert.equal((await fetch(`${address}/node`)).status, 200);
    assert.deepEqual(asked.splice(0), ["/node"], "it answers, so that this can fail");
    const [got, stopped] = await window.scriptWithCallback(
      `const [address, done] = arguments;
       const stopped = [];
       addEventListener("securitypolicyviolation", (event) => stopped.push(event.effectiveDirective));
       const loaded = (name, from) =>
         new Promise((end) => {
           const one = Object.assign(document.createElement(name), { onload: () => end("loaded"), onerror: () => end("refused") });
           one.src = from;
           document.head.append(one);
         });
       Promise.all([
         fetch(address + "/fetch").then(() => "loaded", () => "refused"),
         loaded("img", address + "/img"),
         loaded("script", address + "/script"),
       ]).then((got) => setTimeout(() => done([got, stopped.sort()]), 200), (error) => done([String(error), []]))`,
      address,
    );
    assert.deepEqual(asked, [], "nobody was asked");
    assert.deepEqual(got, ["refused", "refused", "refused"]);
    // By the policy, and by nothing else that a web view has against a page of this computer.
    assert.deepEqual(stopped, ["connect-src", "img-src", "script-src-elem"]);
  } finally {
    stranger.closeAllConnections();
    stranger.close();
  }
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

test("a host that has one of ours in its path, or before an @, is a stranger", async () => {
  for (const url of [
    "https://evil.example/a.visma.net/b",
    "https://evil.example/fjord.myshopify.com/admin",
    "https://evil.example?fjord.myshopify.com/admin",
    "https://evil.example#.myshopify.com/",
    "https://evil.example\\.myshopify.com/",
    "https://connect.visma.com@evil.example/",
    "https://connect.visma.com.evil.example/",
    "http://127.0.0.1:80@evil.example/connect/authorize",
    "http://127.0.0.1:80/elsewhere/connect/authorize",
    "http://admin.shopify.com/",
  ]) {
    const refused = await window.scriptWithCallback(
      `const [url, done] = arguments;
       globalThis.__TAURI_INTERNALS__.invoke("plugin:opener|open_url", { url }).then(() => done(null), (e) => done(String(e)))`,
      url,
    );
    assert.match(refused ?? "it was opened", /not allowed/i, url);
  }
});

/** Starts the program a second time, and waits for its end. */
const startAgain = (...more) => startOf([...ARGUMENTS, ...more], env);

const act = (action) => call("desktop_act", { action });
const isVisible = () => window.script("return document.visibilityState === 'visible'");
const lastRun = async () => (await call("overview")).last_run?.run;

test("the tray's menu syncs now, pauses and resumes, and the page follows", async () => {
  await goTo("overview");
  const before = await lastRun();
  const { lines, click } = await tray();
  assert.deepEqual(
    lines.slice(1).map(({ label }) => label),
    [words["tray.open"], words["sync.now"], words["schedule.resume"], words["tray.quit"]],
    "practice starts paused",
  );
  assert.equal(lines[0].enabled, false, "the first line only says how it stands");
  assert.ok(lines[0].label.startsWith(words["frame.practice"]), lines[0].label);
  await click(words["sync.now"]);
  await until("the run ends", async () => (await call("overview")).run === null && (await lastRun()) !== before, 120);
  await (await tray()).click(words["schedule.resume"]);
  await until("it goes on", async () => (await call("overview")).schedule.paused === null);
  await until("it runs by itself", async () => (await call("overview")).run !== null, 60);
  await until("the menu follows", async () => (await tray()).lines.some(({ label }) => label === words["schedule.pause"]));
  await (await tray()).click(words["schedule.pause"]);
  await until("the page says so", async () => (await window.text()).includes(words["schedule.paused.why"]));
  assert.equal((await call("overview")).schedule.next_run, null);
  await until("the run ends", async () => (await call("overview")).run === null, 120);
});

test("a preview that has ended leaves nothing running in the tray, and pausing shows", async () => {
  const says = async (label, enabled = true) => {
    const line = (await tray()).lines.find((each) => each.label === label);
    return line !== undefined && line.enabled === enabled;
  };
  await until("it is paused", () => says(words["schedule.resume"]));
  await call("preview_start");
  await until("it has ended", async () => (await call("overview")).run === null && (await call("preview")).at !== null, 120);
  await until("sync is offered", () => says(words["sync.now"]));
  await until("it says how it stands", async () => !(await tray()).lines[0].label.includes(words["sync.running"]));
  await call("resume");
  await until("the menu follows", () => says(words["schedule.pause"]));
  await call("pause");
  await until("and back", () => says(words["schedule.resume"]));
  await until("the run ends", async () => (await call("overview")).run === null, 120);
});

test("the tray speaks the page's language", async () => {
  const swedish = JSON.parse(await readFile(new URL("../../ui/src/i18n/sv.json", import.meta.url), "utf8"));
  await call("put_desktop", { language: "sv" });
  await until("it does", async () => (await tray()).lines.some(({ label }) => label === swedish["tray.quit"]));
  await call("put_desktop", { language: "en" });
  await until("and back", async () => (await tray()).lines.some(({ label }) => label === words["tray.quit"]));
});

const hasTheKeys = async () => {
  const [program] = await running(home);
  return (await whoHasTheKeys()) === program && (await window.script("return document.hasFocus()"));
};

test("closing the window hides it and keeps what is in it; a second start brings it back", async () => {
  assert.equal(await isVisible(), true);
  assert.equal((await call("desktop")).tray, true);
  await goTo("settings");
  const [program, ...others] = await running(home);
  assert.deepEqual(others, [], "one program and no more");
  await until("it has the keys", hasTheKeys);
  // As somebody closes it: the window manager asks the window to close.
  await pressKey("alt+F4");
  await until("it is hidden", async () => !(await isVisible()));
  assert.equal(await startAgain("--hidden"), 0);
  assert.equal(await isVisible(), false, "a start with the computer does not bring it up");
  assert.equal(await startAgain(), 0);
  await until("it is there again", isVisible);
  await until("it has the keys again", hasTheKeys);
  assert.deepEqual(await running(home), [program], "the same program");
  assert.equal(await window.script("return location.hash"), "#/settings");
  // The page's own way to close it is the same.
  await act("close");
  await until("it is hidden", async () => !(await isVisible()));
  assert.equal(await startAgain(), 0);
  await until("it is there again", isVisible);
});

test("a second start brings the window in front of what covers it", async () => {
  const away = await somethingElse();
  try {
    await until("the window lost the keys", async () => !(await window.script("return document.hasFocus()")));
    assert.equal(await startAgain("--hidden"), 0);
    assert.equal(await hasTheKeys(), false, "a start with the computer takes the keys from nobody");
    assert.equal(await startAgain(), 0);
    await until("it has the keys", hasTheKeys);
  } finally {
    away();
  }
});

test("a second start hands its arguments over and ends", async () => {
  const before = await lastRun();
  assert.equal(await startAgain("--hidden", "--sync"), 0);
  await until("the first one syncs", async () => (await lastRun()) !== before, 120);
  assert.equal(await startAgain("--from-the-future"), 2, "what no version knows is refused where it is typed");
  assert.equal((await call("app_info")).practice, true);
});

test("practice never starts with the computer, and leaves the real program's entry alone", async () => {
  const folder = join(home, ".config", "autostart");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Brygga.desktop"), "of the real one");
  await goTo("settings/desktop");
  await until("the switches", () => window.named("input[role=switch]", words["desktop.close"]));
  assert.equal(await window.script("return document.querySelectorAll('#settings-desktop input[role=switch]').length"), 2);
  assert.equal((await call("desktop")).autostart, null);
  for (const autostart of [true, false]) {
    const refused = await call("put_desktop", { autostart }).catch((error) => error.refusal);
    assert.equal(refused.code, "real-only");
  }
  assert.deepEqual(await readdir(folder), ["Brygga.desktop"]);
  assert.equal(await readFile(join(folder, "Brygga.desktop"), "utf8"), "of the real one");
  await rm(folder, { recursive: true });
});

test("the real program beside practice is another one, and neither is handed the other's start", async () => {
  const own = { BRYGGA_PASSPHRASE: "a passphrase", BRYGGA_PASSPHRASE_COST: "2" };
  const real = spawn(PROGRAM, ["--hidden"], { stdio: "ignore", env: { ...process.env, ...env, ...own } });
  const gone = once(real, "exit");
  try {
    await until("it has its pair", () => readFile(join(home, "data", "no.brygga.desktop", "pairs", "default", "pair.json")), 60);
    const before = await lastRun();
    assert.equal(await startAgain("--hidden", "--sync"), 0, "practice hands over to practice");
    await until("that one syncs", async () => (await lastRun()) !== before, 120);
    assert.equal(real.exitCode, null, "the real one goes on");
    assert.equal((await webProcesses(real.pid)).length, 0, "and no window of it was opened");
    const second = spawn(PROGRAM, [], { stdio: "ignore", env: { ...process.env, ...env, ...own } });
    assert.deepEqual(await once(second, "exit"), [0, null], "a real start is handed to the real one");
    await until("its window", async () => (await webProcesses(real.pid)).length > 0, 60);
    assert.equal((await call("app_info")).practice, true);
  } finally {
    real.kill("SIGTERM");
  }
  assert.deepEqual(await gone, [0, null]);
});

test("quit in the middle of a sync ends the program by itself", async () => {
  const [pid, ...others] = await running(home);
  assert.deepEqual(others, [], "one program and no more");
  await act("sync");
  await until("the run is under way", async () => (await call("overview")).run !== null);
  await (await tray()).click(words["tray.quit"]);
  await until("it has ended by itself", async () => !(await running(home)).includes(pid));
  await window.leave();
  window = undefined;
});

test("a hidden start has no window until one is wanted, and ends with the computer", async () => {
  const hidden = spawn(PROGRAM, [...ARGUMENTS, "--hidden"], { stdio: "ignore", env: { ...process.env, ...env } });
  const gone = once(hidden, "exit");
  // Two starts at once would not know which of them is the second.
  await until("it is in the tray", async () => (await tray()).lines.length > 0, 60);
  assert.equal(await startAgain("--hidden"), 0);
  assert.equal(hidden.exitCode, null);
  assert.equal((await webProcesses(hidden.pid)).length, 0, "none of a window's memory");
  assert.equal(await startAgain(), 0);
  await until("the window is made", async () => (await webProcesses(hidden.pid)).length > 0, 60);
  hidden.kill("SIGTERM");
  assert.deepEqual(await gone, [0, null]);
});

/** The programs of this test that run, but for those with `known` ids. */
const others = async (...known) => (await running(home)).map(Number).filter((pid) => !known.includes(pid));

test("a start that is asked for while it ends is begun when it has ended", async () => {
  const first = spawn(PROGRAM, [...ARGUMENTS, "--hidden", "--sync"], { stdio: "ignore", env: { ...process.env, ...env } });
  const gone = once(first, "exit");
  await until("it is in the tray", async () => (await tray()).lines.length > 0, 60);
  // It ends, and is asked for before it has.
  first.kill("SIGTERM");
  const second = spawn(PROGRAM, [...ARGUMENTS, "--hidden"], { stdio: "ignore", env: { ...process.env, ...env } });
  assert.deepEqual(await gone, [0, null]);
  // Handed over or not: one goes on.
  await until("the tray of the one that goes on", async () => (await tray()).lines.length > 0, 60);
  const [pid, ...more] = await others(first.pid);
  assert.deepEqual(more, [], "one program and no more");
  process.kill(pid, "SIGTERM");
  await until("it has ended, too", async () => (await others(first.pid)).length === 0, 60);
  second.kill("SIGKILL");
});

/** Starts the real program on a computer that is as `more` says, and gives what its window shows once that says `wanted`. */
async function shownByTheRealOne(more, wanted) {
  const real = await Window.open(PROGRAM, [], { ...env, BRYGGA_PASSPHRASE: "", ...more });
  try {
    return await until(wanted, async () => {
      const text = await real.text();
      return text.includes(wanted) && text;
    });
  } finally {
    await real.close();
  }
}

test("the real program starts with the computer when it is told to, hidden", async () => {
  const own = { BRYGGA_PASSPHRASE: "a passphrase", BRYGGA_PASSPHRASE_COST: "2", XDG_DATA_HOME: join(home, "third") };
  const real = await Window.open(PROGRAM, [], { ...env, ...own });
  try {
    await until("it answers", async () => (await call("desktop", {}, real)) !== null, 60);
    await call("put_desktop", { autostart: true }, real);
    assert.equal((await call("desktop", {}, real)).autostart, true);
    const folder = join(home, ".config", "autostart");
    const entries = await readdir(folder);
    assert.equal(entries.length, 1, String(entries));
    assert.match(await readFile(join(folder, entries[0]), "utf8"), /Exec=.*--hidden/);
    await call("put_desktop", { autostart: false }, real);
    assert.equal((await call("desktop", {}, real)).autostart, false);
  } finally {
    await real.close();
  }
});

test("without a keychain the window opens, and says so and what to do", async () => {
  const [begin] = words["code.secrets-unavailable.message"].split("{");
  const text = await shownByTheRealOne({ DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere/bus", XDG_DATA_HOME: join(home, "first") }, begin);
  assert.ok(text.includes(words["code.secrets-unavailable.remedy"]), text);
  assert.ok(text.includes("secrets-unavailable"), text);
});

test("a folder of the pairs that cannot be read is said in the window", async () => {
  const data = join(home, "second");
  await mkdir(join(data, "no.brygga.desktop"), { recursive: true });
  await writeFile(join(data, "no.brygga.desktop", "pairs"), "not a folder");
  const text = await shownByTheRealOne({ XDG_DATA_HOME: data }, "store-read-only");
  assert.ok(text.includes(words["code.store-read-only.remedy"]), text);
});

test("where there can be no window, the start ends and says why", async () => {
  const file = join(home, "a-file");
  await writeFile(file, "");
  const program = spawn(PROGRAM, [], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...env, XDG_DATA_HOME: file } });
  let said = "";
  program.stderr.on("data", (piece) => (said += piece));
  const [code] = await once(program, "close");
  assert.equal(code, 1, said);
  assert.match(said, /Brygga could not start: /);
  assert.doesNotMatch(said, /panicked/);
});
