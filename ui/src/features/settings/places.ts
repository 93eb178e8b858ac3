/** A place of the settings file that changed: which table, which row of it, and its cells by the names that the mapping gives them. */
import { useMemo } from "react";
import type { ChangedPlace } from "../../api/generated/ChangedPlace";
import type { ChangedValue } from "../../api/generated/ChangedValue";
import type { Choice } from "../../api/generated/Choice";
import type { MessageId } from "../../i18n/languages";
import { useWords } from "../../i18n/useWords";
import { useCells } from "../mapping/cells";
import { useFieldWords } from "./words";

export interface ReadPlace {
  /** The setting or the table, and the row. */
  name: string;
  before: string | null;
  after: string | null;
}

interface Table {
  name: MessageId;
  /** What its rows are about, in the order in which it is read. */
  keys: string[];
  columns: string[];
  /** It is one row, of this key. */
  row?: string;
}

const ITEM = ["item", "account"];
const PAYOUT = { name: "settings.place.payouts", columns: ["account", "vat_category"] } as const;
const ITEMS = "settings.place.special-items";

/** Rows that stand one beside the other, and have no path of their own. */
const LISTS: Record<string, Table> = {
  vat: {
    name: "settings.place.vat",
    // The country that goods leave from is read last, as in the mapping.
    keys: ["destination", "rate", "kind", "party", "scheme", "dispatch"],
    columns: ["category", "zone"],
  },
  "customers/classes": {
    name: "settings.place.customers.classes",
    keys: ["country", "party"],
    columns: ["class", "terms"],
  },
  "customers/house": { name: "settings.place.customers.house", keys: ["country", "currency"], columns: ["customer"] },
  "payments/gateways": {
    name: "settings.place.payments.gateways",
    keys: ["gateway", "method", "currency"],
    columns: ["rule", "cash_account", "payment_method"],
  },
  "rates/fixed": { name: "mapping.table.rates", keys: ["from", "to", "since"], columns: ["rate"] },
};

/** Rows by their path; where one begins like another, the longer one counts. */
const TABLES: Record<string, Table> = {
  channels: {
    name: "settings.place.channels",
    keys: ["channel"],
    columns: ["order_type", "branch", "warehouse", "subaccount", "project", "sales_person", "ship_via", "terms"],
  },
  special_items: { name: ITEMS, keys: ["for"], columns: ITEM },
  "special_items/shipping_methods": { name: "mapping.table.shipping", keys: ["method"], columns: ITEM },
  "payments/cash_rounding_item": { name: ITEMS, keys: ["for"], columns: ITEM, row: "cash_rounding" },
  "refunds/difference_item": { name: ITEMS, keys: ["for"], columns: ITEM, row: "refund_difference" },
  "payouts/classes": { ...PAYOUT, keys: ["class"], columns: [...PAYOUT.columns] },
  "payouts/types": { ...PAYOUT, keys: ["class"], columns: [...PAYOUT.columns] },
  "payouts/cash_accounts": { name: PAYOUT.name, keys: ["currency"], columns: ["cash_account"] },
  "invoices/warehouses": { name: "settings.place.invoices.warehouses", keys: ["location"], columns: ["warehouse"] },
  "stock/locations": { name: "settings.place.stock.locations", keys: ["warehouse"], columns: ["location"] },
  "stock/buffer/locations": { name: "mapping.table.buffers", keys: ["location"], columns: ["buffer"] },
  "stock/buffer/items": { name: "mapping.table.buffers", keys: ["item"], columns: ["buffer"] },
  "trigger/by_gateway": { name: "mapping.table.triggers", keys: ["gateway"], columns: ["trigger"] },
  units: { name: "mapping.table.units", keys: ["item"], columns: ["unit"] },
  // An item class is called as Visma.net calls it, never by the words for parts of a payout.
  "products/product_types": { name: "mapping.table.categories", keys: ["item_class"], columns: ["product_type"] },
};

/** Cells that the mapping calls otherwise than the settings file does. */
const CALLED: Record<string, Record<string, string>> = {
  "rates/fixed": { from: "from_currency", to: "to_currency", rate: "exchange_rate" },
};
/** Settings that are a country, or several. */
const OF_COUNTRIES = new Set(["dispatch_country", "registrations/local"]);
const BETWEEN = " \u00b7 ";

/** Which locations the shop has tells how they are called. */
export function usePlaces(locations: readonly Choice[] = []) {
  const words = useWords();
  const fields = useFieldWords();
  const cells = useCells();
  return useMemo(() => {
    const said = (column: string, value: string): string => {
      const known = column === "location" ? locations.find((each) => each.id === value)?.label : undefined;
      return known === undefined || known === "" ? cells.cell(column, value) : known;
    };
    const title = (column: string) => cells.column(column === "vat_category" ? "category" : column);
    const named = (column: string, value: string) => `${title(column)} ${said(column, value)}`;
    const of = (table: Table, row: string[]) => {
      const name = words.find(table.name) ?? "";
      return row.length === 0 ? name : `${name}: ${row.join(BETWEEN)}`;
    };

    const inList = (table: Table, { path, before, after }: ChangedPlace): ReadPlace => {
      const told = (value: ChangedValue | null, columns: string[], how: typeof said): string[] =>
        value === null || typeof value === "string"
          ? []
          : columns.flatMap((column) => {
              const text = value[column];
              return text === undefined ? [] : [how(CALLED[path]?.[column] ?? column, text)];
            });
      const key = (column: string, value: string) => (column === "dispatch" ? named : said)(column, value);
      const cell = (column: string, value: string) =>
        (table.columns.length === 1 || column === "rule" ? said : named)(column, value);
      const shown = (value: ChangedValue | null) =>
        value === null ? null : told(value, table.columns, cell).join(BETWEEN);
      return { name: of(table, told(before ?? after, table.keys, key)), before: shown(before), after: shown(after) };
    };

    const inTable = (at: string, table: Table, { path, before, after }: ChangedPlace): ReadPlace => {
      const rest = path === at ? [] : path.slice(at.length + 1).split("/");
      const last = rest.at(-1) ?? "";
      const column = table.columns.length > 1 && table.columns.includes(last) ? last : null;
      // The key of a row may have a slash in it.
      const key = table.row ?? (column === null ? rest : rest.slice(0, -1)).join("/");
      const row = said(table.keys[0] ?? "", key);
      const shown = (value: ChangedValue | null) =>
        value === null ? null : said(column ?? table.columns[0] ?? "", plain(value));
      return {
        name: of(table, column === null ? [row] : [row, title(column)]),
        before: shown(before),
        after: shown(after),
      };
    };

    const inField = ({ path, before, after }: ChangedPlace): ReadPlace => {
      const shown = (value: ChangedValue | null) => {
        if (value === null) return null;
        return OF_COUNTRIES.has(path) ? cells.cell("country", plain(value)) : fields.word(path, plain(value));
      };
      return { name: fields.place(path), before: shown(before), after: shown(after) };
    };

    return (place: ChangedPlace): ReadPlace => {
      const list = LISTS[place.path];
      if (list !== undefined) return inList(list, place);
      const at = Object.keys(TABLES)
        .filter((path) => place.path.startsWith(`${path}/`))
        .sort((one, other) => other.length - one.length)[0];
      const table = at === undefined ? undefined : TABLES[at];
      return at === undefined || table === undefined ? inField(place) : inTable(at, table, place);
    };
  }, [words, fields, cells, locations]);
}

/** A row of which nothing more is known, or one value. */
function plain(value: ChangedValue): string {
  return typeof value === "string" ? value : Object.values(value).join(BETWEEN);
}
