// A panel shows a Linux tray and clicks it over the bus (StatusNotifierItem and com.canonical.dbusmenu). There is no panel here, so the tests speak
// for one: the menu that they read and click is the real one.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

const ITEMS = { practice: "tray_icon_tray_app_brygga_practice", real: "tray_icon_tray_app_brygga" };

function gdbus(...args) {
  return run("gdbus", ["call", "--session", ...args]).then(({ stdout }) => stdout);
}

/** Who had the menu the last time. */
let owner;

/** The menu as it is now. Some of those on the bus never answer: nobody is waited for long, unless nobody has answered at all. */
export async function trayOf(program, patience = 2) {
  const names = await gdbus("--dest", "org.freedesktop.DBus", "--object-path", "/", "--method", "org.freedesktop.DBus.ListNames");
  const all = [...names.matchAll(/:\d+\.\d+/g)].map(([name]) => name);
  for (const name of all.sort((one, other) => Number(other === owner) - Number(one === owner))) {
    const path = `/org/ayatana/NotificationItem/${ITEMS[program]}/Menu`;
    const menu = ["--timeout", String(patience), "--dest", name, "--object-path", path, "--method"];
    const layout = await gdbus(...menu, "com.canonical.dbusmenu.GetLayout", "--", "0", "-1", "[]").catch(() => undefined);
    if (layout === undefined) continue;
    owner = name;
    const lines = [...layout.matchAll(/<\((\d+), \{([^}]*)\}/g)]
      .map(([, id, facts]) => ({ id, label: /'label': <'([^']*)'>/.exec(facts)?.[1], enabled: !facts.includes("'enabled': <false>") }))
      .filter(({ label }) => label !== undefined);
    return {
      lines,
      click: (label) => {
        const { id } = lines.find((line) => line.label === label) ?? assert.fail(`${label} is not in the menu: ${JSON.stringify(lines)}`);
        return gdbus(...menu, "com.canonical.dbusmenu.Event", id, "clicked", "<''>", "0");
      },
    };
  }
  return patience < 20 ? trayOf(program, 20) : assert.fail("the program has no tray on the bus");
}
