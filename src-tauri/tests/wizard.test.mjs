// The set-up's first steps in the real window: the practice program with nothing connected, as with a new shop and company.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { callerOf, open, ownHome, startOf, words } from "./program.mjs";
import { until } from "./webdriver.mjs";

const ARGUMENTS = ["--practice", "--fresh", "--orders", "60", "--seed", "1"];

let env;
let forget;
let window;

before(async () => {
  ({ env, forget } = await ownHome());
  window = await open(ARGUMENTS, env);
});

after(async () => {
  await window?.close();
  await forget();
});

const call = (name, payload) => callerOf(window)(name, payload);
const shows = (text) => until(text, async () => (await window.text()).includes(text));

/** Presses a button once it can be pressed. */
async function press(name) {
  await until(`${name} can be pressed`, async () => {
    const button = await window.named("button", name);
    await window.click(button);
    return true;
  });
}

/** Puts text in place of what is in a field. */
async function fill(label, text) {
  const field = await until(label, () => window.labelled(label));
  await window.clear(field);
  await window.type(field, text);
}

test("begins with the shop: a wrong secret is refused in words, the right one connects", async () => {
  await shows(words["setup.shop.title"]);
  assert.equal((await call("app_info")).set_up, false);
  await press(words["setup.practice.fill"]);
  await fill(words["setup.shop.secret"], "wrong");
  await press(words["setup.test"]);
  await shows(words["code.shop-credentials.message"].split("{")[0]);
  assert.equal((await call("setup")).shop.secret_kept, false);
  await fill(words["setup.shop.secret"], "practice-secret");
  await press(words["setup.test"]);
  await shows("Connected to Fjord & Fjell AS.");
  assert.equal((await call("setup")).shop.secret_kept, true);
});

test("goes on to the company, and to what is kept in step", async () => {
  await press(words["setup.next"]);
  await shows(words["setup.company.title"]);
  await press(words["setup.practice.fill"]);
  await press(words["setup.test"]);
  await shows("Connected to Fjord & Fjell AS.");
  await press(words["setup.next"]);
  await shows(words["setup.flows.title"]);
  const view = await call("setup");
  assert.equal(view.company.found.name, "Fjord & Fjell AS");
  assert.equal(view.started, false, "nothing runs before somebody says so");
});

test("a closed window comes back at the step where it was", async () => {
  await call("desktop_act", { action: "close" });
  await until("it is hidden", () => window.script("return document.visibilityState === 'hidden'"));
  assert.equal(await startOf(ARGUMENTS, env), 0);
  await until("it is there again", () => window.script("return document.visibilityState === 'visible'"));
  await shows(words["setup.flows.title"]);
});
