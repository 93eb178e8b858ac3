/** The cells of the mapping in the user's words. */
import { useMemo } from "react";
import { useIntl } from "react-intl";
import type { MappingColumn } from "../../api/generated/MappingColumn";
import type { MappingTable } from "../../api/generated/MappingTable";
import { formatDay, formatDecimal, isDecimal } from "../../i18n/format";
import { gatewayName } from "../../i18n/gateway";
import { useWords } from "../../i18n/useWords";

const COUNTRIES = new Set(["destination", "dispatch", "country"]);
/** The order in which a row's key is read out. */
const ORDER = [
  "destination",
  "country",
  "rate",
  "kind",
  "party",
  "scheme",
  "gateway",
  "channel",
  "method",
  "for",
  "item",
  "warehouse",
  "name",
  "location",
  "class",
  "currency",
  "from_currency",
  "to_currency",
  "since",
  "dispatch",
];

export function useCells() {
  const intl = useIntl();
  const words = useWords();
  return useMemo(() => {
    const cell = (name: string, value: string): string => {
      if (COUNTRIES.has(name)) {
        if (value === "*") return intl.formatMessage({ id: "mapping.elsewhere" });
        return intl.formatDisplayName(value, { type: "region", fallback: "code" }) ?? value;
      }
      if (name === "rate") return `${formatDecimal(intl.locale, value)}\u00a0%`;
      if (name === "exchange_rate" || name === "buffer") {
        const typed = value.trim().replace(",", ".");
        return isDecimal(typed) ? formatDecimal(intl.locale, typed) : value;
      }
      if (name === "since") return /^\d{4}-\d{2}-\d{2}$/.test(value) ? formatDay(intl.locale, value) : value;
      if (name === "gateway") return gatewayName(value);
      if (name === "location") return intl.formatMessage({ id: "mapping.location" }, { id: value });
      return words.value(name, value);
    };
    const choice = (column: MappingColumn, id: string): string => {
      const known = column.choices.find((each) => each.id === id);
      if (known === undefined || known.label === "") return cell(column.name, id);
      // Nobody sees a location's number in Shopify.
      return column.name === "location" ? known.label : `${id} ${known.label}`;
    };
    /** What a row is about, on one line; the country that goods leave from only where it is another. */
    const title = (table: MappingTable, key: Record<string, string>, home?: string): string =>
      ORDER.filter((name) => key[name] !== undefined && !(name === "dispatch" && key[name] === home))
        .map((name) => {
          const column = table.keys.find((each) => each.name === name);
          return column === undefined ? cell(name, key[name] ?? "") : choice(column, key[name] ?? "");
        })
        .join(" \u00b7 ");
    const values = (table: MappingTable, given: Record<string, string>): string =>
      table.columns
        .filter((column) => given[column.name] !== undefined && given[column.name] !== "")
        .map((column) => choice(column, given[column.name] ?? ""))
        .join(" \u00b7 ");
    const column = (name: string): string => words.find(`mapping.column.${name}`) ?? name;
    return { cell, title, choice, values, column };
  }, [intl, words]);
}

/** The country that most rows' goods leave from: it is not worth a word in every line. */
export function usual(table: MappingTable): string | undefined {
  const counts = new Map<string, number>();
  for (const { key } of table.rows) {
    if (key.dispatch !== undefined) counts.set(key.dispatch, (counts.get(key.dispatch) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0];
}
