/** A place of the settings file that changed: which table, which row of it, and its cells by the names that the mapping gives them. */
import { useMemo } from "react";
import type { ChangedPlace } from "../../api/generated/ChangedPlace";
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
  /** What its rows are about; in a list, the first cells of a row. */
  keys: string[];
  columns: string[];
  /** Rows are written whole, one beside the other, and have no path of their own. */
  list?: true;
  /** It is one row, of this key. */
  row?: string;
  /** Any cell of a row can be empty: a row that is told whole does not tell which are. */
  sparse?: true;
}

const ITEM = ["item", "account"];
const PAYOUT = { name: "settings.place.payouts", columns: ["account", "vat_category"] } as const;
const ITEMS = "settings.place.special-items";

/** By their path; where one begins like another, the longer one counts. */
const TABLES: Record<string, Table> = {
  vat: {
    name: "settings.place.vat",
    keys: ["dispatch", "destination", "rate", "kind", "party", "scheme"],
    columns: ["category", "zone"],
    list: true,
  },
  "customers/classes": {
    name: "settings.place.customers.classes",
    keys: ["country", "party"],
    columns: ["class"],
    list: true,
  },
  "customers/house": {
    name: "settings.place.customers.house",
    keys: ["country", "currency"],
    columns: ["customer"],
    list: true,
  },
  "rates/fixed": {
    name: "mapping.table.rates",
    keys: ["from_currency", "to_currency", "since"],
    columns: ["exchange_rate"],
    list: true,
  },
  channels: {
    name: "settings.place.channels",
    keys: ["channel"],
    columns: ["order_type", "branch", "warehouse", "subaccount", "project", "sales_person", "ship_via", "terms"],
    sparse: true,
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

/** Settings that are a country, or several. */
const OF_COUNTRIES = new Set(["dispatch_country", "registrations/local"]);
const GATEWAYS = "payments/gateways";
/** What stands between the cells of a row that is told whole. */
const BETWEEN = " \u00b7 ";

/** A row that is told whole: what it is about, and what is chosen. */
interface Row {
  keys: [string, string][];
  cells: [string, string][];
}

/** A row of the payment map: its method may be missing, and where nothing is booked, its accounts too. */
function gateway(text: string): Row | undefined {
  const parts = text.split(BETWEEN);
  const rule = parts.findIndex(
    (part, index) => (part === "book" || part === "leave") && /^[A-Z]{3}$/.test(parts[index - 1] ?? ""),
  );
  const rest = parts.slice(rule + 1);
  if (rule < 2 || rest.length > 2) return undefined;
  const method = parts.slice(1, rule - 1).join(BETWEEN);
  const columns = rest.length === 2 ? ["cash_account", "payment_method"] : [""];
  return {
    keys: [
      ["gateway", parts[0] ?? ""],
      ...(method === "" ? [] : [["method", method] as [string, string]]),
      ["currency", parts[rule - 1] ?? ""],
    ],
    cells: [["rule", parts[rule] ?? ""], ...rest.map((part, at): [string, string] => [columns[at] ?? "", part])],
  };
}

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
    const named = (column: string, value: string): string =>
      column === "" ? value : `${title(column)} ${said(column, value)}`;
    const keyed = (column: string, value: string): string =>
      column === "dispatch" ? named(column, value) : said(column, value);
    const of = (table: string, row: string[]) => (row.length === 0 ? table : `${table}: ${row.join(BETWEEN)}`);

    const list = (table: Table, text: string) => {
      const parts = text.split(BETWEEN);
      const columns = [...table.keys, ...table.columns];
      if (parts.length > columns.length || parts.length <= table.keys.length) return undefined;
      // A cell that is empty is not told: which of them is there is not known then.
      const lacks = parts.length < columns.length;
      const pairs = parts.map((part, at): [string, string] => [
        lacks && at >= table.keys.length ? "" : (columns[at] ?? ""),
        part,
      ]);
      // The country that goods leave from is read last, as in the mapping.
      const keys = pairs.slice(0, table.keys.length).sort(([one], [other]) => {
        return Number(one === "dispatch") - Number(other === "dispatch");
      });
      return { keys, cells: pairs.slice(table.keys.length) };
    };

    const whole = (table: Table, text: string): string => {
      const [only] = table.columns;
      if (table.columns.length === 1 && only !== undefined) return said(only, text);
      const parts = text.split(BETWEEN);
      // Of a row that may lack any of its cells, a part that is alone could be each of them.
      if (parts.length > table.columns.length || (table.sparse && parts.length < table.columns.length)) return text;
      return parts.map((part, at) => named(table.columns[at] ?? "", part)).join(BETWEEN);
    };

    const inList = (name: MessageId, { before, after }: ChangedPlace, read: typeof gateway): ReadPlace | undefined => {
      const text = before ?? after ?? "";
      const table = words.find(name) ?? "";
      const told = ({ keys, cells }: Row) => ({
        keys: keys.map(([column, value]) => keyed(column, value)),
        cells: cells
          .map(([column, value]) =>
            cells.length > 1 && column !== "rule" ? named(column, value) : said(column, value),
          )
          .join(BETWEEN),
      });
      const row = read(text);
      if (row !== undefined) {
        const { keys, cells } = told(row);
        return { name: of(table, keys), before: before === null ? null : cells, after: after === null ? null : cells };
      }
      // The first rows of a table come as all of the table.
      const all = (rows: string | null): string | null | undefined => {
        if (rows === null || rows === "") return null;
        const known = rows.split(", ").map((each) => read(each));
        if (known.some((each) => each === undefined)) return undefined;
        return known
          .flatMap((each) => (each === undefined ? [] : [told(each)]))
          .map(({ keys, cells }) => [...keys, cells].join(BETWEEN))
          .join(", ");
      };
      const [was, is] = [all(before), all(after)];
      return was === undefined || is === undefined ? undefined : { name: table, before: was, after: is };
    };

    const inTable = (at: string, table: Table, { path, before, after }: ChangedPlace): ReadPlace => {
      const rest = path === at ? [] : path.slice(at.length + 1).split("/");
      const last = rest.at(-1) ?? "";
      const many = table.columns.length > 1;
      const column = many && (rest.length > 1 || table.row !== undefined) && table.columns.includes(last) ? last : null;
      // The key of a row may have a slash in it.
      const key = table.row ?? (column === null ? rest : rest.slice(0, -1)).join("/");
      const row = key === "" ? [] : [said(table.keys[0] ?? "", key)];
      const shown = (text: string | null) => {
        if (text === null || text === "") return null;
        // The first row of a table can come as all of the table: it does not tell what it is about.
        if (key === "") return text;
        return column === null ? whole(table, text) : said(column, text);
      };
      return {
        name: of(words.find(table.name) ?? "", column === null ? row : [...row, title(column)]),
        before: shown(before),
        after: shown(after),
      };
    };

    const inField = ({ path, before, after }: ChangedPlace): ReadPlace => {
      const shown = (text: string | null) => {
        if (text === null || text === "") return null;
        if (!OF_COUNTRIES.has(path)) return fields.word(path, text);
        const names = text.split(", ").map((country) => cells.cell("country", country));
        return names.join(", ");
      };
      return { name: fields.place(path), before: shown(before), after: shown(after) };
    };

    return (place: ChangedPlace): ReadPlace => {
      if (place.path === GATEWAYS) return inList("settings.place.payments.gateways", place, gateway) ?? inField(place);
      const at = Object.keys(TABLES)
        .filter((path) => place.path === path || place.path.startsWith(`${path}/`))
        .sort((one, other) => other.length - one.length)[0];
      const table = at === undefined ? undefined : TABLES[at];
      if (at === undefined || table === undefined) return inField(place);
      if (table.list) return inList(table.name, place, (text) => list(table, text)) ?? inField(place);
      return inTable(at, table, place);
    };
  }, [words, fields, cells, locations]);
}
