/** A program that only pretends: for the page's own tests, and for the browser tests when no real host is built. */

import type { CommandName, Commands } from "../api/commands";
import type { ActivityQuery } from "../api/generated/ActivityQuery";
import type { ActivityRow } from "../api/generated/ActivityRow";
import type { Amount } from "../api/generated/Amount";
import type { Counts } from "../api/generated/Counts";
import type { DesktopView } from "../api/generated/DesktopView";
import type { Health } from "../api/generated/Health";
import type { HeldGroup } from "../api/generated/HeldGroup";
import type { Overview } from "../api/generated/Overview";
import type { PairLine } from "../api/generated/PairLine";
import type { Proven } from "../api/generated/Proven";
import type { Reason } from "../api/generated/Reason";
import type { RecordKey } from "../api/generated/RecordKey";
import type { RecordLine } from "../api/generated/RecordLine";
import type { RemedyKind } from "../api/generated/RemedyKind";
import type { Retry } from "../api/generated/Retry";
import type { RunProgress } from "../api/generated/RunProgress";
import type { RunSummary } from "../api/generated/RunSummary";
import type { ScheduleView } from "../api/generated/ScheduleView";
import type { State } from "../api/generated/State";
import type { Story } from "../api/generated/Story";
import { FakeDesk } from "./fakeDesk";
import { FakePairs } from "./fakePairs";
import { FakePreview } from "./fakePreview";
import { FakeSetup } from "./fakeSetup";
import { storyOf } from "./fakeStory";
import { handToBrowser } from "./handToBrowser";
import { type Backend, Refusal, type Told } from "./port";

export interface FakeOptions {
  orders?: number;
  /** Lines in the activity log when it starts. */
  log?: number;
  /** Nothing was read yet. */
  empty?: boolean;
  /** Milliseconds between the steps of a run. */
  pace?: number;
  /** Nothing is connected yet. */
  fresh?: boolean;
  /** Which held codes pass when they are tried again. */
  mended?: string[];
  /** So many records of a cause are listed. */
  listed?: number;
  /** It lives on a desktop. */
  desktop?: boolean;
  /** The desktop has a tray. */
  tray?: boolean;
  /** Whether it starts with the computer; null where it never does. */
  autostart?: boolean | null;
  /** The pairs of the program; one of practice when absent. */
  pairs?: PairLine[];
}

type Handlers = { [Name in CommandName]: (request: Commands[Name]["request"]) => Commands[Name]["answer"] };

const START = Date.UTC(2026, 9, 1, 6);
const NOW = "2026-10-31T13:05:00Z";
const MINUTE = 60_000;
const PARTIES = ["Kari Nordmann", "Anna Svensson", "Mette Hansen", "Mikko Virtanen", "Fjellstova AS", "Jonas Weber"];

export class FakeBackend implements Backend {
  /** Every call, in order. */
  readonly calls: { name: CommandName; request: unknown }[] = [];
  /** For which pair each of them was. */
  readonly pairsOfCalls: (string | undefined)[] = [];
  /** These commands fail with these codes. */
  readonly failing = new Map<CommandName, Reason>();
  /** These commands answer so, whatever is pretended otherwise. */
  readonly answers = new Map<CommandName, unknown>();
  readonly opened: string[] = [];
  /** There is none to open a page in. */
  noBrowser = false;
  /** Where files are saved; `null`: the browser has them. */
  folder: string | null = null;
  readonly #listeners = new Set<(event: Told) => void>();
  readonly #pairs: FakePairs;
  /** Which pair the command in hand is for. */
  #asked: string | undefined;
  readonly #pace: number;
  readonly #mended: string[];
  readonly #listed: number;
  #records: RecordLine[] = [];
  #log: ActivityRow[] = [];
  #run: RunProgress | null = null;
  #stopping = false;
  #paused = false;
  #desktop: DesktopView | null;
  #lastRun: RunSummary | null = null;

  constructor({
    orders = 60,
    log = 400,
    empty = false,
    pace = 0,
    mended = ["vat-unmapped"],
    listed = 200,
    desktop = false,
    tray = true,
    autostart = false,
    fresh = false,
    pairs,
  }: FakeOptions = {}) {
    if (fresh) this.setup.begin();
    this.#pairs = new FakePairs(pairs, (event) => this.emit(event));
    this.#handlers = { ...this.#pairs.handlers, ...this.#own };
    this.#desktop = desktop ? { autostart, close_to_tray: true, notifications: true, tray, language: "en" } : null;
    this.#pace = pace;
    this.#mended = mended;
    this.#listed = listed;
    if (empty) return;
    this.#records = [...Array.from({ length: orders }, (_, index) => order(index)), ...PARTIES.map(customer)].reverse();
    this.#log = Array.from({ length: log }, (_, index) => logLine(index + 1, this.#records)).reverse();
    this.#lastRun = {
      run: "1",
      started: "2026-10-31T13:04:00Z",
      ended: "2026-10-31T13:04:31Z",
      read: orders,
      written: orders - 9,
      failure: null,
    };
  }

  async call<Name extends CommandName>(
    name: Name,
    request: Commands[Name]["request"],
    pair?: string,
  ): Promise<Commands[Name]["answer"]> {
    this.calls.push({ name, request });
    this.pairsOfCalls.push(pair);
    this.#asked = pair;
    const failure = this.failing.get(name);
    if (failure !== undefined) throw new Refusal(failure);
    if (this.answers.has(name)) return structuredClone(this.answers.get(name)) as Commands[Name]["answer"];
    // What a host sends is a copy: nothing here may change under the page's hands.
    return structuredClone(this.#handlers[name](request));
  }

  listen(onEvent: (event: Told) => void): () => void {
    this.#listeners.add(onEvent);
    return () => this.#listeners.delete(onEvent);
  }

  async openExternal(url: string): Promise<void> {
    if (this.noBrowser) throw new Refusal({ code: "page-not-opened", params: { url } });
    this.opened.push(url);
  }

  async saveFile(name: string, content: Blob): Promise<string | null> {
    handToBrowser(name, content);
    return this.folder === null ? null : `${this.folder}/${name}`;
  }

  emit(event: Told): void {
    for (const hear of this.#listeners) hear(event);
  }

  /** A new line of the log, told to the page. */
  tell(line: Partial<ActivityRow> & { event: string }): void {
    const row: ActivityRow = {
      id: (this.#log[0]?.id ?? 0) + 1,
      at: NOW,
      level: "info",
      kind: null,
      id_of_record: null,
      name: null,
      params: {},
      ...line,
    };
    this.#log.unshift(row);
    this.emit({ event: "activity", data: [row] });
  }

  readonly #desk = new FakeDesk({
    waiting: () => this.#records.filter(({ state, reason }) => state === "held" && reason?.code === "vat-unmapped"),
    now: NOW,
    mended: () => this.emit({ event: "records_changed", data: {} }),
    attempt: (records) => this.#attempt(records),
    proving: (running, done) => this.emit({ event: "proof", data: { running, done, total: 40 } }),
  });

  /** The preview, for tests that let something change meanwhile. */
  readonly preview = new FakePreview((event) => this.emit(event));

  /** The set-up, for tests that let something happen there. */
  readonly setup = new FakeSetup({
    tell: (event) => this.emit(event),
    record: (id) => this.#records.find((known) => known.kind === "order" && known.id === id),
    sync: () => this.#start(async () => undefined),
  });

  readonly #handlers: Handlers;

  readonly #own: Omit<Handlers, keyof FakePairs["handlers"]> = {
    ...this.#desk.handlers,
    ...this.preview.handlers,
    ...this.setup.handlers,
    app_info: () => ({
      version: "0.1.0",
      practice: this.#pairs.line(this.#asked)?.practice ?? true,
      set_up: this.setup.started && (this.#pairs.line(this.#asked)?.set_up ?? true),
      shop: this.#pairs.line(this.#asked)?.shop ?? "",
      shop_domain: "fjord-og-fjell.myshopify.com",
      company: "Fjord & Fjell AS",
      time_zone: "Europe/Oslo",
      now: NOW,
    }),
    overview: () => this.#overview(),
    away: ({ since }) => {
      const of = (kind: string, state: State) =>
        this.#records.filter((one) => one.kind === kind && one.state === state && one.changed >= since).length;
      return [{ flow: "orders", booked: of("order", "booked"), held: of("order", "held") }].filter(
        (row) => row.booked + row.held > 0,
      );
    },
    sync_now: () => this.#start(async () => undefined),
    sync_stop: () => {
      this.#stopping = true;
      return {};
    },
    activity: (query) => {
      const fits = this.#lines(query);
      const rows = fits.slice(0, query.limit);
      return { rows, older: fits.length > query.limit ? (rows.at(-1)?.id ?? null) : null, looked_to: null };
    },
    activity_count: (query) => ({ count: this.#lines(query).length }),
    spreadsheet: ({ rows }) => ({ base64: btoa(String(rows.length)) }),
    held: () => this.#held(),
    records: ({ kind, search, state, offset, limit }) => {
      const wanted = search?.toLowerCase() ?? "";
      const fits = this.#records.filter(
        (record) =>
          record.kind === kind &&
          (state === null || record.state === state) &&
          `${record.name} ${record.party} ${record.erp_number}`.toLowerCase().includes(wanted),
      );
      return { rows: fits.slice(offset, offset + limit), total: fits.length, names_in_newest: null };
    },
    story: (key) => this.#story(key),
    pause: () => this.#pauseAll(true),
    resume: () => this.#pauseAll(false),
    desktop: () => this.#desktop,
    put_desktop: (change) => {
      if (this.#desktop === null) throw new Refusal({ code: "wrong-use", params: { detail: "no desktop" } });
      const chosen = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null));
      this.#desktop = { ...this.#desktop, ...chosen };
      return this.#desktop;
    },
    desktop_act: () => ({}),
    save_file: ({ name }) => ({ path: name }),
    retry: (asked) => {
      const chosen = asked.kind === "attempt" ? this.#attempts[asked.of - 1] : this.#heldFor(asked);
      if (chosen === undefined) throw new Refusal({ code: "fix-changed", params: {} });
      this.#start(async () => {
        for (const record of chosen) {
          if (!this.#mended.includes(record.reason?.code ?? "")) continue;
          Object.assign(record, { state: "booked", reason: null, erp_number: erpNumber(record.id) });
          this.tell({
            event: "order-booked",
            level: "good",
            ...about(record),
            params: { document: erpNumber(record.id) },
          });
        }
      });
      return { count: chosen.length, attempt: asked.kind === "attempt" ? asked.of : this.#attempt(chosen) };
    },
    tried: ({ attempt }) => {
      const records = this.#attempts[attempt - 1] ?? [];
      const of = (state: State) => records.filter((record) => record.state === state).length;
      const [booked, left] = [of("booked"), of("held")];
      return { booked, left, other: records.length - booked - left };
    },
  };

  readonly #attempts: RecordLine[][] = [];

  #attempt(records: RecordLine[]): number {
    return this.#attempts.push(records);
  }

  #heldFor(asked: Retry): RecordLine[] {
    const held = this.#records.filter(({ state }) => state === "held");
    switch (asked.kind) {
      case "records":
        return held.filter((record) => asked.of.some(({ kind, id }) => kind === record.kind && id === record.id));
      case "causes":
        return held.filter((record) =>
          asked.of.some(
            (cause) =>
              cause.kind === record.kind &&
              cause.code === record.reason?.code &&
              Object.entries(cause.params).every(([name, value]) => record.reason?.params[name] === value),
          ),
        );
      default:
        return held;
    }
  }

  #lines({ search, kind, serious, from, to, before }: ActivityQuery): ActivityRow[] {
    const wanted = search?.toLowerCase() ?? "";
    return this.#log.filter(
      (row) =>
        (before === null || row.id < before) &&
        (from === null || row.at.slice(0, 10) >= from) &&
        (to === null || row.at.slice(0, 10) <= to) &&
        (kind === null || row.kind === kind) &&
        (!serious || row.level === "warn" || row.level === "bad") &&
        `${row.name} ${JSON.stringify(row.params)}`.toLowerCase().includes(wanted),
    );
  }

  #overview(): Overview {
    const held = this.#count("order").held + this.#count("customer").held;
    const counts = this.#count("order");
    const flow = (name: string, kind: string) => ({
      flow: name,
      lane: "orders",
      from: "shopify",
      to: "visma",
      counts: this.#count(kind),
      today: Math.min(3, this.#count(kind).booked),
      days: Array.from({ length: 30 }, (_, index) => ({
        date: `2026-10-${String(index + 2).padStart(2, "0")}`,
        count: this.#records.length === 0 ? 0 : (index * 7 + (kind === "order" ? 3 : 1)) % (kind === "order" ? 11 : 4),
      })),
      lag: null,
      last_run: this.#lastRun?.ended ?? null,
      well: this.#lastRun?.ended ?? null,
      failure: null,
      on: true,
      every: "continuous",
      next_run: this.#paused ? null : "2026-10-31T13:06:00Z",
    });
    return {
      health: this.#lastRun === null ? { kind: "nothing_yet" } : this.#health(held, counts),
      flows: [flow("orders", "order"), flow("customers", "customer")],
      run: this.#run,
      last_run: this.#lastRun,
      schedule: this.#schedule(),
    };
  }

  #health(held: number, orders: Counts): Health {
    const unsent = orders.new + this.#count("customer").new;
    if (held > 0) return { kind: "needs_you", held, unsent };
    if (unsent > 0) return { kind: "unsent", orders: orders.new, records: unsent };
    const { last } = this.#desk.handlers.proof({});
    const proven: Proven = last === null ? { kind: "never" } : { kind: "agrees", at: last.at };
    return {
      kind: "all_well",
      booked: orders.booked,
      waiting: orders.waiting,
      others: 0,
      up_to: "2026-10-31T13:05:00Z",
      proven,
    };
  }

  #schedule(): ScheduleView {
    return { paused: this.#paused ? NOW : null, next_run: this.#paused ? null : "2026-10-31T13:06:00Z" };
  }

  #pauseAll(paused: boolean): ScheduleView {
    this.#paused = paused;
    this.emit({ event: "schedule", data: this.#schedule() });
    return this.#schedule();
  }

  #count(kind: string): Counts {
    const counts: Counts = { new: 0, booked: 0, waiting: 0, skipped: 0, held: 0 };
    for (const record of this.#records) if (record.kind === kind) counts[record.state] += 1;
    return counts;
  }

  #held(): HeldGroup[] {
    const groups = new Map<string, HeldGroup>();
    for (const record of this.#records) {
      if (record.state !== "held" || record.reason === null) continue;
      const { code } = record.reason;
      const key = code === "vat-unmapped" ? JSON.stringify(record.reason) : code;
      const group: HeldGroup =
        groups.get(key) ??
        ({
          kind: record.kind,
          reason: record.reason,
          count: 0,
          money: [],
          records: [],
          remedy: remedyOf(code),
        } satisfies HeldGroup);
      group.count += 1;
      if (group.records.length < this.#listed) group.records.push(record);
      if (record.amount !== null) add(group.money, record.amount);
      groups.set(key, group);
    }
    return [...groups.values()].map((group) =>
      group.count > 1 && group.reason.code !== "vat-unmapped"
        ? { ...group, reason: { code: group.reason.code, params: {} } }
        : group,
    );
  }

  #story({ kind, id }: RecordKey): Story {
    const record = this.#records.find((known) => known.kind === kind && known.id === id);
    if (record === undefined) throw new Refusal({ code: "order-gone", params: { order: id } });
    return storyOf(record);
  }

  #start(work: () => Promise<void>) {
    if (this.#run !== null) return { run: this.#run.run, already: true };
    const run = String(Number(this.#lastRun?.run ?? "0") + 1);
    const phases: [string, number | null][] = [
      ["reading", null],
      ["deciding", 40],
      ["sending", 40],
      ["proving", 40],
    ];
    this.#run = { run, phase: "reading", done: 0, total: null };
    this.#stopping = false;
    const perform = async () => {
      await this.#pause();
      for (const [phase, total] of phases) {
        for (let done = 0; done <= 40 && !this.#stopping; done += 10) {
          this.#run = { run, phase, done, total };
          this.emit({ event: "progress", data: this.#run });
          await this.#pause();
        }
      }
      if (!this.#stopping) await work();
      this.#run = null;
      this.#lastRun = {
        run,
        started: NOW,
        ended: NOW,
        read: 4,
        written: 3,
        failure: this.#stopping ? { code: "stopped", params: {} } : null,
      };
      this.tell({ event: "run-finished", params: { read: "4", written: "3" } });
      this.emit({ event: "records_changed", data: {} });
      this.emit({ event: "finished", data: this.#lastRun });
    };
    void perform();
    return { run, already: false };
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#pace));
  }
}

function remedyOf(code: string): RemedyKind {
  if (code === "vat-unmapped") return "rows";
  if (code === "customer-ambiguous") return "customers";
  return code === "period-closed" ? "settings" : "elsewhere";
}

function about(record: RecordLine) {
  return { kind: record.kind, id_of_record: record.id, name: record.name };
}

function erpNumber(id: string): string {
  return `SO${id.slice(-6).padStart(6, "0")}`;
}

/** Sums in minor units, so that the pretended sums are exact too. */
function add(money: Amount[], amount: Amount): void {
  const known = money.find(({ currency }) => currency === amount.currency);
  if (known === undefined) money.push({ ...amount });
  else known.amount = text(minor(known.amount) + minor(amount.amount));
}

function minor(amount: string): bigint {
  return BigInt(amount.replace(".", ""));
}

function text(cents: bigint): string {
  const digits = String(cents).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function stateOf(index: number): [State, Reason | null] {
  const name = `#${1001 + index}`;
  if (index % 13 === 5)
    return [
      "held",
      {
        code: "vat-unmapped",
        params: { rate: "12", kind: "goods", country: "NO", scheme: "domestic", party: "private", dispatch: "NO" },
      },
    ];
  if (index % 29 === 7)
    return ["held", { code: "totals-differ", params: { order: name, ours: "1199.95", theirs: "1200.00" } }];
  if (index % 11 === 3) return ["waiting", { code: "waiting-for-payment", params: { order: name, status: "PENDING" } }];
  if (index % 17 === 9) return ["skipped", { code: "skipped-test", params: { order: name } }];
  return ["booked", null];
}

function order(index: number): RecordLine {
  const [state, reason] = stateOf(index);
  const id = String(5_550_000_001_001 + index);
  const happened = new Date(START + index * 12 * 61 * MINUTE).toISOString();
  return {
    kind: "order",
    id,
    name: `#${1001 + index}`,
    party: PARTIES[index % PARTIES.length] ?? null,
    state,
    reason,
    amount: {
      amount: text(BigInt(9_900 + ((index * 73_133) % 900_000))),
      currency: ["NOK", "NOK", "SEK", "NOK", "EUR", "DKK"][index % 6] ?? "NOK",
    },
    erp_number: state === "booked" ? erpNumber(id) : null,
    happened,
    changed: happened,
  };
}

function customer(name: string, index: number): RecordLine {
  const at = new Date(START + index * MINUTE).toISOString();
  return {
    kind: "customer",
    id: String(770_001 + index),
    name,
    party: null,
    state: "booked",
    reason: null,
    amount: null,
    erp_number: String(10_001 + index),
    happened: at,
    changed: at,
  };
}

function logLine(id: number, records: RecordLine[]): ActivityRow {
  const at = new Date(START + id * 7 * MINUTE).toISOString();
  const line = { id, at, level: "info", kind: null, id_of_record: null, name: null, params: {} };
  if (id % 40 === 0) return { ...line, event: "run-finished", params: { read: "40", written: "31" } };
  const record = records[(id * 5) % records.length];
  if (record === undefined) return { ...line, event: "run-started" };
  const params: Record<string, string> =
    record.reason === null
      ? { document: record.erp_number ?? "" }
      : { code: record.reason.code, ...record.reason.params };
  if (record.kind === "customer")
    return {
      ...line,
      ...about(record),
      level: "good",
      event: "customer-created",
      params: { number: record.erp_number ?? "" },
    };
  const levels: Record<State, string> = { new: "info", booked: "good", waiting: "warn", skipped: "info", held: "bad" };
  return { ...line, ...about(record), level: levels[record.state], event: `order-${record.state}`, params };
}
