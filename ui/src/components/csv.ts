/** Files that a spreadsheet opens by a double click, as it reads them where the page's language is spoken. */
import { isDecimal } from "../i18n/format";

/** Begins what a spreadsheet would run, also behind spaces and in the wide letters of a far keyboard. */
const FORMULA = /^\s*[-=+@\uff1d\uff0b\uff20\uff0d]|^[\t\r\n]/;
/** The same behind a sign at which a spreadsheet of another region would begin a new cell. */
const FORMULA_WITHIN = /([;,\t\r\n]\s*)(?=[=+@\uff1d\uff0b\uff20]|[-\uff0d][^\s,;])/g;
const NEGATIVE = /^-\d+([.,]\d+)?$/;

/** The sign between the whole and the fraction. */
function decimalSign(locale: string): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  return parts.find(({ type }) => type === "decimal")?.value ?? ".";
}

/**
 * Decimal text as a number of the language: its decimal sign, no groups, a minus of ASCII. With another sign it would be a text, or
 * worse: `12.10` is the 12th of October where days are written with dots. Text that is no number stays as it is.
 */
export function csvNumber(locale: string, text: string): string {
  return isDecimal(text) ? text.replace(".", decimalSign(locale)) : text;
}

/**
 * Rows as a file, with a mark that it is UTF-8. Where the comma is the decimal sign, cells are apart by semicolons; elsewhere by commas:
 * a spreadsheet reads the other pair as one column, or its numbers as days.
 */
export function csv(locale: string, rows: string[][]): string {
  const apart = decimalSign(locale) === "," ? ";" : ",";
  return `\ufeff${rows.map((row) => row.map((text) => cell(text, apart)).join(apart)).join("\r\n")}\r\n`;
}

function cell(text: string, apart: string): string {
  // A text that a spreadsheet would run as a formula is kept a text. A minus begins one too, unless all of it is a number.
  const formula = FORMULA.test(text) && !NEGATIVE.test(text);
  const safe = `${formula ? "'" : ""}${text.replace(FORMULA_WITHIN, "$1'")}`;
  return safe.includes(apart) || /["\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
