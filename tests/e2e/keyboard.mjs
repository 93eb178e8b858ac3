/** Going through a page by keyboard: what cannot be come to, or does not show that one is there. */

/** Steps of Tab beyond those that a page needs: rows of a table that are drawn only once one is near. */
const MORE = 300;

/** What can be pressed but not be come to by Tab (or by arrows, within a group that takes them; a table of rows is looked at by `gridFaults`), and what does not show that it has the focus. */
export async function unreached(page) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    const pressed = "a[href], button, input, select, textarea, summary, [role=button], [role=grid], [role=option]";
    const grouped = "[role=tablist], [role=radiogroup], [role=listbox], [role=menu]";
    globalThis.wanted = new Set(
      [...document.querySelectorAll(pressed)].filter((one) => {
        // What stands in a row of a table is come to from the table. Within a group the arrows go on, and one of it is enough; what stands in a field is the field's own keys (arrows, Backspace).
        const inGroup = one.closest(grouped) !== null || one.type === "radio" || one.tabIndex < 0;
        return (
          !inGroup &&
          !one.disabled &&
          one.type !== "hidden" &&
          one.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) &&
          !one.closest("[inert]")
        );
      }),
    );
    globalThis.unseen = [];
    // How a thing and what it stands in look: with the focus on it this must be another than without.
    const around = (one, many) =>
      many === 0 || one?.parentElement == null ? [] : [one.parentElement, ...around(one.parentElement, many - 1)];
    globalThis.look = (one) =>
      [one, one.nextElementSibling, one.parentElement, ...around(one.parentElement, 3)]
        .filter((each) => each !== null)
        .map((each) => {
          const { outline, boxShadow, borderColor, backgroundColor, textDecoration } = getComputedStyle(each);
          return [outline, boxShadow, borderColor, backgroundColor, textDecoration].join();
        })
        .join(";");
  });
  const many = await page.evaluate(() => globalThis.wanted.size);
  for (let step = 0; step < many * 2 + MORE; step += 1) {
    await page.keyboard.press("Tab");
    const left = await page.evaluate(() => {
      const here = document.activeElement;
      const before = globalThis.focused;
      if (before?.one.isConnected && before.one !== here && before.look === globalThis.look(before.one))
        globalThis.unseen.push(before.one.outerHTML.slice(0, 160));
      globalThis.focused =
        here === null || here === document.body ? undefined : { one: here, look: globalThis.look(here) };
      globalThis.wanted.delete(here);
      return globalThis.wanted.size;
    });
    if (left === 0) break;
  }
  return page.evaluate(() => [
    ...[...globalThis.wanted].map((one) => `not reached: ${one.outerHTML.slice(0, 160)}`),
    ...globalThis.unseen.map((one) => `focus not seen: ${one}`),
  ]);
}

/** What is wrong with the page's tables of rows: the arrows move the row that is active, it is in sight, and Enter opens it. */
export async function gridFaults(page) {
  const wrong = [];
  for (const grid of await page.getByRole("grid").all()) {
    const name = await grid.getAttribute("aria-label");
    const look = () =>
      grid.evaluate((one) => {
        const row = document.getElementById(one.getAttribute("aria-activedescendant") ?? "");
        const [box, frame] = [row?.getBoundingClientRect(), one.getBoundingClientRect()];
        return {
          focused: one === document.activeElement,
          rows: one.querySelectorAll("[role=row][aria-selected]").length,
          index: row?.getAttribute("aria-rowindex") ?? null,
          active: row?.hasAttribute("data-active") === true,
          inSight: box !== undefined && box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1,
        };
      });
    const said = (what) => wrong.push(`${name}: ${what}`);
    await grid.focus();
    const { rows } = await look();
    if (rows === 0) continue;
    let before;
    for (const key of rows > 1 ? ["Home", "ArrowDown", "ArrowUp", "End", "Home", "ArrowDown"] : ["Home"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(120);
      const now = await look();
      if (!now.focused) said(`${key} takes the focus away`);
      if (now.index === null || !now.active) said(`${key}: no row is active`);
      else if (!now.inSight) said(`${key}: row ${now.index} is not in sight`);
      if (now.index === before) said(`${key} does not move`);
      before = now.index;
    }
    if ((await grid.locator("[data-opens]").count()) === 0) continue;
    const seen = () =>
      page.evaluate(() => [location.hash, document.querySelectorAll("[role=dialog], main section").length].join());
    const closed = await seen();
    await page.keyboard.press("Enter");
    await page.waitForTimeout(500);
    if ((await seen()) === closed) said("Enter opens nothing");
  }
  return wrong;
}
