/** Codes, events and their parameters in the user's words. */
import type { IntlShape } from "react-intl";
import type { ActivityRow } from "../api/generated/ActivityRow";
import type { Reason } from "../api/generated/Reason";
import { formatAmount, formatDay, formatDecimal, formatMoment, isDecimal } from "./format";
import type { MessageId } from "./languages";

type Params = Record<string, string | undefined>;

const NUMBERS = new Set(["amount", "limit", "ours", "theirs", "rate", "total", "vat", "difference"]);
const DAYS = new Set(["date", "start", "day"]);
const MOMENTS = new Set(["at", "until", "up_to"]);
const COUNTS = new Set([
  "count",
  "read",
  "written",
  "booked",
  "left",
  "minutes",
  "attempt",
  "seen",
  "planned",
  "held",
  "waiting",
  "skipped",
  "status_code",
]);
const AMOUNT_WITH_CURRENCY = /^(-?\d+(?:\.\d+)?) ([A-Z]{3})$/;

/** Words made from codes and events; one per language and time zone. */
export class Words {
  readonly #intl: IntlShape;
  readonly #messages: Readonly<Record<string, unknown>>;
  readonly #timeZone: string;

  constructor(intl: IntlShape) {
    this.#intl = intl;
    this.#messages = intl.messages;
    this.#timeZone = intl.timeZone ?? "UTC";
  }

  get locale(): string {
    return this.#intl.locale;
  }

  /** A message of the catalogue; names that are not known at build time are looked up, `undefined` if there is none. */
  find(id: string, params: Params = {}): string | undefined {
    const template = this.#messages[id];
    if (typeof template !== "string") return undefined;
    return this.#intl.formatMessage({ id: id as MessageId }, this.#values(template, params));
  }

  /** What is wrong, as a sentence. */
  reason(reason: Reason): string {
    return this.find(`code.${reason.code}.message`, reason.params) ?? this.#unknown(reason.code, reason.params);
  }

  /** What to do about it. */
  remedy(reason: Reason): string | undefined {
    return this.find(`code.${reason.code}.remedy`, reason.params);
  }

  /** A few words for the cause, without the record's own figures: for lists and groups. */
  cause(reason: Reason): string {
    return this.find(`code.${reason.code}.title`, reason.params) ?? this.reason(reason);
  }

  /** Does the sentence of this reason have all its parameters? A group of records may leave out what differs. */
  isWhole(reason: Reason): boolean {
    const template = this.#messages[`code.${reason.code}.message`];
    if (typeof template !== "string") return false;
    return placeholders(template).every(({ name }) => reason.params[name] !== undefined);
  }

  /** One line of the activity log. */
  event(row: Pick<ActivityRow, "event" | "params"> & { kind?: string | null; name?: string | null }): string {
    const params: Params = { ...row.params };
    if (row.name) params.name ??= row.name;
    if (row.kind) params.kind ??= row.kind;
    const sentence = this.find(`event.${row.event}`, params) ?? this.#unknownEvent(row.event, params);
    const code = row.params.code;
    if (code === undefined) return sentence;
    const why = this.reason({ code, params: { ...(row.name ? { order: row.name } : {}), ...row.params } });
    return this.find(`event.${row.event}.because`, { ...params, reason: why }) ?? `${sentence} ${why}`;
  }

  /** A word for a fixed value, such as a phase, a payment status or what was done; the value itself if there is no word. */
  value(kind: string, value: string): string {
    return this.named(kind, value) ?? value;
  }

  /** A word for a fixed value, `undefined` if there is none. */
  named(kind: string, value: string): string | undefined {
    return this.find(`value.${kind}.${value.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`);
  }

  /** A parameter as people read it. */
  param(name: string, value: string): string {
    const money = AMOUNT_WITH_CURRENCY.exec(value);
    if (money?.[1] !== undefined && money[2] !== undefined) {
      return `${formatAmount(this.locale, money[1], money[2])}\u00a0${money[2]}`;
    }
    if (NUMBERS.has(name) && isDecimal(value)) {
      // An amount has at least two decimals where it has any; a rate only those it needs.
      return formatDecimal(this.locale, value, name !== "rate" && value.includes(".") ? 2 : 0);
    }
    if (DAYS.has(name) && /^\d{4}-\d{2}-\d{2}$/.test(value)) return formatDay(this.locale, value);
    if ((MOMENTS.has(name) || DAYS.has(name)) && /^\d{4}-\d{2}-\d{2}T/.test(value)) {
      return formatMoment(this.locale, this.#timeZone, value, "day-time");
    }
    if (name === "country" && /^[A-Z]{2}$/.test(value)) {
      return this.#intl.formatDisplayName(value, { type: "region", fallback: "code" }) ?? value;
    }
    if (name === "steps" || name === "fields") {
      const kind = name.slice(0, -1);
      return value
        .split(", ")
        .map((word) => this.value(kind, word))
        .join(", ");
    }
    return this.value(name, value);
  }

  #values(template: string, params: Params): Record<string, string | number> {
    const values: Record<string, string | number> = {};
    for (const { name, kind } of placeholders(template)) {
      const given = params[name];
      if (kind === "plural") values[name] = Number(given ?? 0) || 0;
      else if (kind === "select") values[name] = given === undefined || given === "" ? "none" : this.param(name, given);
      else if (given === undefined) values[name] ??= "\u2013";
      else if (values[name] === undefined)
        values[name] = COUNTS.has(name) ? this.#count(given) : this.param(name, given);
    }
    return values;
  }

  #count(given: string): string {
    return isDecimal(given) ? formatDecimal(this.locale, given) : given;
  }

  #unknown(code: string, params: Params): string {
    const details = listed(params, (name, value) => this.param(name, value));
    return details === "" ? readable(code) : `${readable(code)} (${details})`;
  }

  #unknownEvent(event: string, { name, kind, code: _code, ...rest }: Params): string {
    const who = name === undefined ? "" : `${kind === undefined ? "" : `${this.value("record", kind)} `}${name}: `;
    return `${who}${this.#unknown(event, rest)}.`;
  }
}

interface Placeholder {
  name: string;
  kind: "plain" | "plural" | "select";
}

/** The names a message needs, with what it does with them. */
export function placeholders(template: string): Placeholder[] {
  return [...template.matchAll(/\{\s*([a-zA-Z_][\w-]*)\s*(?:\}|,\s*(plural|select|number|selectordinal)\b)/g)].map(
    (found) => ({
      name: found[1] ?? "",
      kind: found[2] === undefined ? "plain" : found[2] === "select" ? "select" : "plural",
    }),
  );
}

function readable(code: string): string {
  const text = code.replaceAll("-", " ").replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function listed(params: Params, show: (name: string, value: string) => string): string {
  return Object.entries(params)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "")
    .map(([name, value]) => `${readable(name).toLowerCase()} ${show(name, value)}`)
    .join(", ");
}
