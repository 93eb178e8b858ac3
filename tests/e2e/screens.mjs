/** Every screen of the window after a first sync and a proof, by name and address: for the guide's pictures and for what must hold on each. */

/** Runs commands as the page does; for a pair, or for the one that the host shows. A refusal is an error. */
export function caller(page, pair) {
  return async (name, request = {}) => {
    const [ok, answer] = await page.evaluate(
      async ([name, body, pair]) => {
        const token = sessionStorage.getItem("brygga-token");
        const headers = { "content-type": "application/json", "x-brygga-token": token };
        if (pair !== null) headers["x-brygga-pair"] = pair;
        const answer = await fetch(`/rpc/${name}`, { method: "POST", headers, body });
        return [answer.ok, await answer.json()];
      },
      [name, JSON.stringify(request), pair ?? null],
    );
    if (!ok) throw new Error(`${name}: ${answer.code}`);
    return answer;
  };
}

/**
 * The served page has no desktop behind it. A stand-in answers what the window asks of one, so that what it shows of it is seen too; what the
 * real one does is tested in the real window.
 */
export function standInDesktop(context) {
  const view = { autostart: true, close_to_tray: true, notifications: true, tray: true, language: "en" };
  return context.route("**/rpc/desktop", (route) => route.fulfill({ json: view }));
}

/** Proves, to the end. The page must be open. */
export async function prove(page) {
  const call = caller(page);
  await call("prove");
  for (;;) {
    const { running } = await call("proof");
    if (running === null) break;
    await page.waitForTimeout(250);
  }
}

/** The address of the story of an order that has every kind of part. */
export async function storyOf(page) {
  const call = caller(page);
  const list = { kind: "credit_note", search: null, state: "booked", offset: 0, limit: 1 };
  const { rows } = await call("records", list);
  const { order } = await call("story", { kind: "credit_note", id: rows[0].id });
  return `records/order/${order.id}`;
}

/** The pages of the navigation, and a record's story. */
export async function pages(page) {
  return {
    overview: "overview",
    fixes: "fixes",
    activity: "activity",
    records: "records",
    story: await storyOf(page),
    mapping: "mapping",
    proof: "proof",
    practice: "practice",
    settings: "settings",
    help: "help",
  };
}

/** Each table of the mapping, lists of other kinds and states, and the wizard. */
export async function places(page) {
  const call = caller(page);
  const { tables } = await call("mapping");
  return [
    ...tables.map((table) => `mapping/${table.name}`),
    "records?kind=order&state=held",
    "records?kind=payment",
    "help/first",
    "preview",
    "preview/already",
    "setup",
  ];
}

/** Opens an address within the window. */
export async function goTo(page, place) {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, `#/${place}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Opens a place; nothing is being read any more, and the fonts are there. */
export async function go(page, place) {
  await goTo(page, place);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => document.querySelector("[class*=Skeleton]") === null);
  await page.waitForTimeout(400);
}

/** The practice pair starts with every row mapped: the VAT row of most orders is taken away, as if it had never been there. */
export async function withoutRow(call) {
  const view = await call("mapping");
  const vat = view.tables.find((table) => table.name === "vat");
  const row = vat.rows.find(
    ({ key, values }) =>
      key.destination === "NO" &&
      key.rate === "25" &&
      key.kind === "goods" &&
      key.party === "private" &&
      values.category,
  );
  await call("put_mapping", { revision: view.revision, rows: [{ table: "vat", key: row.key, values: {} }] });
}
