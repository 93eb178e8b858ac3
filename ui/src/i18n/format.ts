/** Numbers and moments in the language's own form. Amounts stay text: they are never turned into binary fractions. */

const NO_BREAK_SPACE = /[\u00a0\u2009]/g;
const NARROW_SPACE = "\u202f";
const MINUS = "\u2212";
const DECIMAL = /^-?\d+(\.\d+)?$/;

const numbers = new Map<string, Intl.NumberFormat>();

function formatter(locale: string, digits: number): Intl.NumberFormat {
  const key = `${locale}/${digits}`;
  let found = numbers.get(key);
  if (found === undefined) {
    found = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    numbers.set(key, found);
  }
  return found;
}

const digitsOf = new Map<string, number>();

/** How many decimals a currency has; two where the currency is not known. */
export function currencyDigits(currency: string): number {
  let digits = digitsOf.get(currency);
  if (digits === undefined) {
    digits = knownDigits(currency);
    digitsOf.set(currency, digits);
  }
  return digits;
}

function knownDigits(currency: string): number {
  try {
    const options = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
    return options.maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** Decimal text in the language's form, with at least `digits` decimals and never fewer than the text has. */
export function formatDecimal(locale: string, text: string, digits = 0): string {
  if (!isDecimal(text)) return text;
  const own = text.split(".")[1]?.length ?? 0;
  // Text is formatted exactly: the number is not read as a binary fraction first.
  const parts = formatter(locale, Math.max(digits, own)).formatToParts(text as Intl.StringNumericLiteral);
  return parts
    .map((part) => {
      if (part.type === "minusSign") return MINUS;
      if (part.type === "group") return part.value.replace(NO_BREAK_SPACE, NARROW_SPACE);
      return part.value;
    })
    .join("");
}

/** The number of an amount, without its currency. Zeros beyond the currency's decimals are not shown. */
export function formatAmount(locale: string, amount: string, currency: string): string {
  const digits = currencyDigits(currency);
  const [whole = "", fraction = ""] = amount.split(".");
  const kept =
    fraction.length > digits ? fraction.slice(0, digits) + fraction.slice(digits).replace(/0+$/, "") : fraction;
  return formatDecimal(locale, kept === "" ? whole : `${whole}.${kept}`, digits);
}

/** A count, such as `1 204`. */
export function formatCount(locale: string, count: number): string {
  return formatDecimal(locale, String(Math.trunc(count)));
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in the largest unit of which it has at least one, two for days, such as `4 days`: never longer than it is. */
export function formatSpan(locale: string, seconds: number): string {
  const [unit, length] = seconds >= 2 * DAY ? ["day", DAY] : seconds >= HOUR ? ["hour", HOUR] : ["minute", MINUTE];
  return new Intl.NumberFormat(locale, { style: "unit", unit: String(unit), unitDisplay: "long" }).format(
    Math.floor(seconds / Number(length)),
  );
}

const moments = new Map<string, Intl.DateTimeFormat>();

function momentFormatter(locale: string, timeZone: string, style: MomentStyle): Intl.DateTimeFormat {
  const key = `${locale}/${timeZone}/${style}`;
  let found = moments.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(locale, { ...STYLES[style], timeZone });
    moments.set(key, found);
  }
  return found;
}

export type MomentStyle = "time" | "second" | "day" | "day-time" | "day-second" | "full";

const STYLES: Record<MomentStyle, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit" },
  second: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  day: { day: "numeric", month: "short", year: "numeric" },
  "day-time": { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  "day-second": { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" },
  full: { dateStyle: "full", timeStyle: "long" },
};

/** A moment in the shop's time zone. What is no moment is shown as it is. */
export function formatMoment(locale: string, timeZone: string, iso: string, style: MomentStyle): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return momentFormatter(locale, timeZone, style).format(moment);
}

/** A calendar day `YYYY-MM-DD`: it has no time zone, so none may shift it. */
export function formatDay(locale: string, day: string): string {
  return formatMoment(locale, "UTC", `${day.slice(0, 10)}T12:00:00Z`, "day");
}

const days = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of a moment in a time zone, `YYYY-MM-DD`. */
export function dayOf(iso: string, timeZone: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return "";
  let found = days.get(timeZone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
    days.set(timeZone, found);
  }
  return found.format(moment);
}
