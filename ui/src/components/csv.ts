/** Rows as a file that spreadsheets of every Nordic language open: semicolons, and a mark that it is UTF-8. */
export function csv(rows: string[][]): string {
  return `\ufeff${rows.map((row) => row.map(cell).join(";")).join("\r\n")}\r\n`;
}

function cell(text: string): string {
  // A text that a spreadsheet would run as a formula is kept a text.
  const safe = /^[=+@\t\r]/.test(text) || /^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
