/** Every screen of the window after a first sync and a proof, by name and address: for the guide's pictures and for what must hold on each. */

/** Runs commands as the page does. */
export function caller(page) {
  return (name, request = {}) =>
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
}

/** Syncs once and proves. The page must be open. */
export async function syncAndProve(page) {
  const call = caller(page);
  await page.getByRole("button", { name: "Sync now", exact: true }).click();
  await page.getByRole("button", { name: "Stop" }).waitFor();
  await page.getByRole("button", { name: "Sync now", exact: true }).waitFor({ timeout: 240_000 });
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

/** Opens a place; nothing is being read any more, and the fonts are there. */
export async function go(page, place) {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, `#/${place}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => document.querySelector("[class*=Skeleton]") === null);
  await page.waitForTimeout(400);
}
