/** What opens over a page or within it: where it is, what opens it, and how it is closed again. For what must hold on everything that can be opened. */
import { press } from "./page.mjs";
import { caller } from "./screens.mjs";

/**
 * Each is opened by keyboard: `by` has the focus, and `keys` are pressed on it. What is opened is `shown`.
 * - `first` brings the page to where it can be opened.
 * - `menu`: it floats beside the landmarks.
 * - `closer`: it stands within the page, and what opened it is what closes it.
 * - `picture`: the name of its pictures, of those that are taken.
 * @typedef {{name: string, place: string, by: (page) => object, shown: (page) => object, first?: (page) => Promise<void>, keys?: string[], menu?: boolean, closer?: (page) => object, picture?: string}} Opener
 */

const button = (name) => (page) => page.getByRole("main").getByRole("button", { name, exact: true });
const dialog = (name) => (page) => page.getByRole("dialog", { name });
const grid = (page) => page.getByRole("grid").first();
const switcher = (page) => page.getByRole("button", { name: /^Store: / });
const TO_A_ROW = ["ArrowDown", "Enter"];

/** In practice, after what `fill` does. @type {Opener[]} */
export const OPENERS = [
  {
    name: "a row of the preview",
    picture: "preview-row",
    place: "preview",
    by: grid,
    keys: TO_A_ROW,
    shown: (page) => page.getByRole("region", { name: "What is done, line by line" }),
  },
  {
    name: "a fix",
    picture: "fix",
    place: "fixes",
    by: (page) => page.getByRole("button", { name: "Fix it" }).first(),
    shown: (page) => page.getByRole("button", { name: "See what will be booked" }),
    closer: (page) => page.getByRole("main").getByRole("button", { name: "Close", exact: true }),
  },
  {
    name: "the records of a cause",
    place: "fixes",
    by: (page) => page.getByRole("button", { name: "Show records" }).last(),
    shown: (page) => page.getByRole("article").last().getByRole("table"),
    closer: (page) => page.getByRole("button", { name: "Hide records" }).last(),
  },
  ...["vat", "items", "triggers"].map((table) => ({
    name: `a row of the mapping, ${table}`,
    picture: `mapping-row-${table}`,
    place: `mapping/${table}`,
    by: grid,
    keys: TO_A_ROW,
    shown: (page) => page.getByRole("dialog"),
  })),
  {
    name: "Add a row",
    place: "mapping/vat",
    by: button("Add a row"),
    shown: dialog("Add a row"),
  },
  {
    name: "What changes",
    picture: "mapping-changes",
    place: "mapping/vat",
    first: async (page) => {
      await page.getByRole("gridcell").first().click();
      await press(page, "Take it");
      await press(page, "Done");
    },
    by: button("See what changes"),
    shown: dialog("What changes"),
  },
  {
    name: "the menu of the settings",
    place: "settings",
    by: button("Settings file and history"),
    shown: (page) => page.getByRole("menuitem", { name: "History" }),
    menu: true,
  },
  {
    name: "History",
    picture: "settings-history",
    place: "settings",
    by: button("Settings file and history"),
    keys: ["Enter", "Enter"],
    shown: dialog("History"),
  },
  {
    name: "a file of settings",
    picture: "settings-import",
    place: "settings",
    first: async (page) => {
      const { name, text } = await caller(page)("export_settings", {});
      // Without its VAT: much would change.
      const buffer = Buffer.from(JSON.stringify({ ...JSON.parse(text), vat: [] }));
      page.once("filechooser", (chooser) => chooser.setFiles({ name, mimeType: "application/json", buffer }));
    },
    by: button("Settings file and history"),
    keys: ["Enter", "ArrowDown", "ArrowDown", "Enter"],
    shown: (page) => dialog("Import from a file")(page).filter({ hasText: "Nothing was sent." }),
  },
  {
    name: "erase a customer",
    place: "settings/data",
    first: async (page) => {
      const query = { kind: "customer", search: null, state: null, offset: 0, limit: 1 };
      const { rows } = await caller(page)("records", query);
      await page.getByRole("textbox", { name: "Name, e-mail, phone or customer number" }).fill(rows[0].name);
      await press(page, "Search");
    },
    by: (page) => page.getByRole("button", { name: /^Erase / }).first(),
    shown: dialog(/^Erase /),
  },
  {
    name: "the stores",
    picture: "stores",
    place: "overview",
    by: switcher,
    shown: (page) => page.getByRole("menu"),
    menu: true,
  },
  {
    name: "Ctrl+K",
    picture: "find",
    place: "records",
    by: (page) => page.getByRole("link", { name: "Overview", exact: true }),
    keys: ["Control+k"],
    shown: (page) => page.getByRole("combobox", { name: /^Find/ }),
  },
  {
    name: "the menu of the log's files",
    place: "activity",
    by: button("Export"),
    shown: (page) => page.getByRole("menu"),
    menu: true,
  },
];

/** In a store that is kept in a folder, once a backup was made. @type {Opener[]} */
export const OPENERS_OF_A_STORE = [
  {
    name: "restore",
    place: "settings/data",
    by: (page) => page.getByRole("button", { name: /^Restore / }).first(),
    shown: dialog(/^Restore /),
  },
  {
    name: "the recovery key",
    place: "settings/data",
    by: button("Show the recovery key"),
    shown: button("Hide it"),
    closer: button("Hide it"),
  },
];
