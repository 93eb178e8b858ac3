/** What the pretended program knows of settings, mapping and proof. */
import type { CommandName, Commands } from "../api/commands";
import type { BackupView } from "../api/generated/BackupView";
import type { KeptView } from "../api/generated/KeptView";
import type { MappingPreview } from "../api/generated/MappingPreview";
import type { MappingTable } from "../api/generated/MappingTable";
import type { MappingView } from "../api/generated/MappingView";
import type { PersonView } from "../api/generated/PersonView";
import type { ProofResult } from "../api/generated/ProofResult";
import type { RecordLine } from "../api/generated/RecordLine";
import type { SettingField } from "../api/generated/SettingField";
import type { SettingsEntry } from "../api/generated/SettingsEntry";
import type { SettingsView } from "../api/generated/SettingsView";
import type { SettingValue } from "../api/generated/SettingValue";
import { filled } from "../features/mapping/draft";
import { rowId } from "../features/mapping/place";
import type { FakePreview } from "./fakePreview";
import type { FakeSetup } from "./fakeSetup";
import { Refusal } from "./port";

type DeskCommand = Exclude<
  CommandName,
  | keyof FakeSetup["handlers"]
  | keyof FakePreview["handlers"]
  | "pair_copies"
  | "pair_restore"
  | "recovery_key"
  | "app_info"
  | "overview"
  | "away"
  | "sync_now"
  | "sync_stop"
  | "activity"
  | "activity_count"
  | "spreadsheet"
  | "held"
  | "records"
  | "story"
  | "retry"
  | "tried"
  | "pause"
  | "resume"
  | "desktop"
  | "put_desktop"
  | "desktop_act"
  | "save_file"
  | "pairs"
  | "pair_add"
  | "pair_show"
  | "pair_rename"
  | "pair_put_away"
  | "practice_play"
>;
type Handlers = { [Name in DeskCommand]: (request: Commands[Name]["request"]) => Commands[Name]["answer"] };

interface Pair {
  /** The held records that lack a VAT row. */
  waiting: () => RecordLine[];
  now: string;
  /** Remembers records that are tried together. */
  attempt: (records: RecordLine[]) => number;
  /** The VAT row is there. */
  mended: () => void;
  proving: (running: boolean, done: number) => void;
}

const CHANNELS = ["pos", "shopify_draft_order", "web"].map((id) => ({ id, label: id }));
const LOCATIONS = [
  { id: "7001", label: "Lager Oslo" },
  { id: "7002", label: "Returer" },
];

const VAT = { destination: "NO", kind: "goods", party: "private", scheme: "domestic", dispatch: "NO" };

const KARI: PersonView = {
  key: "customer/770001",
  name: "Kari Nordmann",
  email: "kari@example.no",
  numbers: ["10001"],
  orders: ["#1001", "#1007"],
  finished: 2,
  open: 1,
  payloads: 2,
  exchanges: 14,
  bodies: 4,
  events: 9,
};

const DAILY: BackupView = {
  name: "brygga-2026-10-31.sqlite",
  path: "/home/kari/brygga/backups/brygga-2026-10-31.sqlite",
  at: "2026-10-31T03:00:00Z",
  kind: "daily",
  kilobytes: 4096,
};

export class FakeDesk {
  #revision = 3;
  #values: Record<string, SettingValue> = {};
  #vat: Record<string, Record<string, string>> = {
    [rowId({ ...VAT, rate: "25" })]: { category: "25", zone: "NO-IN" },
    [rowId({ ...VAT, rate: "15" })]: { category: "15", zone: "NO-IN" },
  };
  #vatBefore = this.#vat;
  #valuesBefore = this.#values;
  #proof: ProofResult | null = null;
  #people: PersonView[] = [KARI];
  #backups: BackupView[] = [DAILY];
  readonly #pair: Pair;

  constructor(pair: Pair) {
    this.#pair = pair;
  }

  readonly handlers: Handlers = {
    settings: () => this.#settings(),
    put_settings: ({ revision, values }) => {
      this.#write(revision);
      this.#values = { ...this.#values, ...values };
      return this.#settings();
    },
    settings_history: () => HISTORY,
    settings_back: ({ revision }) => {
      const [values, vat] = [this.#valuesBefore, this.#vatBefore];
      this.#write(revision);
      this.#values = values;
      this.#vat = vat;
      return { revision: this.#revision, made: 0, running: false };
    },
    export_settings: () => ({ name: "brygga-fjord-og-fjell.json", text: '{ "rounding_limit": 5 }\n' }),
    support_file: () => ({ name: "brygga-support-2026-10-31.json", text: '{ "about": "For whoever helps" }\n' }),
    import_preview: ({ text }) => {
      if (!isJson(text)) throw new Refusal({ code: "settings-unreadable", params: { detail: "line 1" } });
      return {
        changes: [{ path: "rounding_limit", before: "5", after: "7" }],
        count: 1,
        orders: { kind: "seen", of: this.#rehearsed(false) },
      };
    },
    import_settings: ({ revision, text }) => {
      if (!isJson(text)) throw new Refusal({ code: "settings-unreadable", params: { detail: "line 1" } });
      this.#write(revision);
      return this.#settings();
    },
    mapping: () => this.#mapping(),
    mapping_preview: ({ rows }) => {
      const filled = rows.some((row) => row.table === "vat" && row.values.category !== undefined);
      return this.#rehearsed(filled);
    },
    put_mapping: ({ revision, rows }) => {
      this.#write(revision);
      this.#vat = { ...this.#vat };
      for (const row of rows) if (row.table === "vat") this.#vat[rowId(row.key)] = row.values as Record<string, string>;
      this.#pair.mended();
      return this.#mapping();
    },
    // Tests that look at other remedies put their own answers here.
    remedy: () => {
      const table = this.#mapping().tables.find(({ name }) => name === "vat");
      const rows = table?.rows.filter((row) => row.waiting > 0) ?? [];
      return {
        revision: this.#revision,
        choice:
          table === undefined || rows.length === 0 ? { kind: "elsewhere" } : { kind: "rows", of: { ...table, rows } },
        shop_page: null,
        looked: "shown",
      };
    },
    fix_preview: ({ choice }) => {
      const records = this.#pair.waiting();
      const passes = choice.kind === "rows" && choice.of.some((row) => row.values.category !== undefined);
      const count = records.length;
      return {
        looked: count,
        pass: passes ? count : 0,
        held: passes ? 0 : count,
        waiting: 0,
        skipped: 0,
        open: 0,
        rows: records.map((record) => ({
          record,
          outcome: passes ? "pass" : "held",
          reason: passes ? null : record.reason,
          date: passes ? "2026-10-12" : null,
          total: passes ? record.amount : null,
          customer: passes ? "10001" : null,
        })),
      };
    },
    fix: ({ revision, choice }) => {
      const records = this.#pair.waiting();
      this.#write(revision);
      this.#vat = { ...this.#vat };
      if (choice.kind === "rows") for (const row of choice.of) this.#vat[rowId(row.key)] = filled(row.values);
      this.#pair.mended();
      return { revision: this.#revision, count: records.length, attempt: this.#pair.attempt(records) };
    },
    fix_undo: ({ revision }) => {
      const vat = this.#vatBefore;
      this.#write(revision);
      this.#vat = vat;
      return this.#settings();
    },
    people: ({ search }) =>
      this.#people.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(search.toLowerCase())),
    erase_person: ({ key }) => {
      const person = this.#people.find((known) => known.key === key);
      if (person === undefined) throw new Refusal({ code: "person-unknown", params: {} });
      this.#people = this.#people.filter((known) => known !== person);
      return { orders: person.finished, left: person.open };
    },
    kept: () => this.#kept(),
    back_up: () => {
      this.#backups = [
        { ...DAILY, name: "brygga-2026-10-31-by-hand-130500.sqlite", at: this.#pair.now, kind: "by_hand" },
        ...this.#backups,
      ];
      return this.#kept();
    },
    restore: ({ name }) => {
      if (!this.#backups.some((known) => known.name === name))
        throw new Refusal({ code: "store-fault", params: { detail: name } });
      this.#backups = [
        { ...DAILY, name: "brygga-2026-10-31-before-restore-130500.sqlite", at: this.#pair.now, kind: "restore" },
        ...this.#backups,
      ];
      return this.#kept();
    },
    proof: () => ({ running: null, last: this.#proof, failure: null }),
    prove_stop: () => ({ running: null, last: this.#proof, failure: null }),
    prove: (period) => {
      this.#proof = { ...PROOF, period, at: this.#pair.now };
      this.#pair.proving(true, 20);
      setTimeout(() => this.#pair.proving(false, 40), 0);
      return { running: { running: true, done: 0, total: 40 }, last: null, failure: null };
    },
  };

  #kept(): KeptView {
    return {
      removed: { at: "2026-10-31T04:00:00Z", payloads: 0, exchanges: 412, events: 3 },
      backups: this.#backups,
    };
  }

  #rehearsed(filled: boolean): MappingPreview {
    const records = this.#pair.waiting();
    const pass = filled ? records.length : 0;
    return {
      acts_on: [],
      looked: records.length + 9,
      seen: records.length + 9,
      stored: records.length + 9,
      pass,
      freed: pass,
      held: filled ? 4 : records.length + 4,
      stopped: 0,
      waiting: 5,
      skipped: 0,
      open: 0,
      changed: 0,
      booked: { looked: 0, stored: 0, changed: 0, held: 0 },
      rows: filled ? records.map((record) => ({ record, outcome: "pass", reason: null })) : [],
      differing: [],
      attempt: this.#pair.attempt(filled ? records : []),
    };
  }

  #write(revision: number): void {
    if (revision !== this.#revision) throw new Refusal({ code: "settings-stale", params: {} });
    this.#revision += 1;
    this.#valuesBefore = this.#values;
    this.#vatBefore = this.#vat;
  }

  #settings(): SettingsView {
    const field = (
      path: string,
      control: SettingField["control"],
      otherwise: SettingValue,
      when: SettingField["when"] = null,
    ): SettingField => ({
      path,
      control,
      default: otherwise,
      value: path in this.#values ? (this.#values[path] ?? null) : otherwise,
      when,
    });
    return {
      revision: this.#revision,
      sections: [
        {
          name: "orders",
          fields: [
            field("start_date", { kind: "date" }, null),
            field("gift_cards", { kind: "choice", of: ["multi_purpose", "single_purpose"] }, "multi_purpose"),
            field("trigger/default", { kind: "choice", of: ["by_mode", "created", "paid", "fulfilled"] }, "by_mode"),
            field("trigger/grace_minutes", { kind: "number", least: 0, most: 10_080 }, 0),
            field("leave_out/tags", { kind: "list" }, []),
            field("leave_out/channels", { kind: "several", of: CHANNELS }, []),
            field("missing_item/rule", { kind: "choice", of: ["hold", "default_item", "create"] }, "hold"),
            field("missing_item/item", { kind: "pick", of: [{ id: "DIV", label: "Diverse" }] }, null, {
              path: "missing_item/rule",
              is: "default_item",
            }),
          ],
        },
        {
          name: "invoices",
          fields: [field("invoices/on", { kind: "switch" }, true), field("invoices/tag", { kind: "text" }, null)],
        },
        {
          name: "stock",
          fields: [
            field("stock/first_location", { kind: "named", of: LOCATIONS }, null),
            field("stock/return_locations", { kind: "several", of: LOCATIONS }, []),
          ],
        },
        {
          name: "refunds",
          fields: [field("refunds/full", { kind: "choice", of: ["automatic", "ask", "ignore"] }, "automatic")],
        },
      ],
    };
  }

  #mapping(): MappingView {
    const waiting = this.#pair.waiting();
    const vat = (rate: string) => {
      const key = { ...VAT, rate };
      const id = rowId(key);
      const values = this.#vat[id] ?? {};
      const open = Object.keys(values).length === 0;
      return {
        id,
        key,
        values,
        waiting: open ? waiting.length : 0,
        records: open ? waiting.slice(0, 20) : [],
        suggestion: open
          ? {
              values: { category: "12", zone: "NO-IN" },
              evidence: { code: "vat-id", params: { vat_id: "Utgående mva, lav sats", rate: "12", zone: "NO-IN" } },
            }
          : null,
        trouble: null,
      };
    };
    const choices = (...ids: string[]) => ids.map((id) => ({ id, label: "" }));
    const column = (name: string, ids: string[] = [], optional = false) => ({
      name,
      choices: choices(...ids),
      optional,
    });
    const tables: MappingTable[] = [
      {
        name: "vat",
        keys: [
          column("destination"),
          column("rate"),
          column("kind", ["goods", "shipping"]),
          column("party", ["private", "company"]),
          column("scheme", ["domestic", "export"]),
          column("dispatch"),
        ],
        columns: [column("category", ["25", "15", "12", "00"]), column("zone", ["NO-IN", "EXP"])],
        open: true,
        rows: [vat("12"), vat("25"), vat("15")],
      },
      {
        name: "items",
        keys: [column("for")],
        columns: [
          { name: "item", choices: [{ id: "FRAKT", label: "Frakt" }], optional: false },
          column("account", [], true),
        ],
        open: false,
        rows: [
          {
            id: "for=shipping",
            key: { for: "shipping" },
            values: { item: "FRAKT" },
            waiting: 0,
            records: [],
            // What is chosen is what was suggested.
            suggestion: { values: { item: "FRAKT" }, evidence: { code: "item-name", params: { name: "Frakt" } } },
            trouble: null,
          },
          {
            id: "for=default_item",
            key: { for: "default_item" },
            values: {},
            waiting: 0,
            records: [],
            suggestion: null,
            trouble: null,
          },
        ],
      },
      {
        name: "house",
        keys: [column("country"), column("currency", ["NOK"])],
        columns: [column("customer")],
        open: true,
        rows: [],
      },
      {
        name: "buffers",
        keys: [column("item", [], true), column("location", ["7001"], true)],
        columns: [column("buffer")],
        open: true,
        rows: [],
      },
      {
        name: "rates",
        keys: [column("from_currency", ["EUR", "NOK"]), column("to_currency", ["EUR", "NOK"]), column("since")],
        columns: [column("exchange_rate")],
        open: true,
        rows: [
          {
            id: "from_currency=EUR|since=2026-10-01|to_currency=NOK",
            key: { from_currency: "EUR", to_currency: "NOK", since: "2026-10-01" },
            values: { exchange_rate: "11.52" },
            waiting: 0,
            records: [],
            suggestion: null,
            trouble: null,
          },
        ],
      },
    ];
    return { revision: this.#revision, tables };
  }
}

const HISTORY: SettingsEntry[] = [
  {
    revision: 3,
    at: "2026-10-30T08:12:00Z",
    who: "window",
    user: "kari",
    changes: [
      { path: "rounding_limit", before: "5", after: "10" },
      {
        path: "vat",
        before: null,
        after: {
          dispatch: "NO",
          destination: "NO",
          rate: "15",
          kind: "goods",
          party: "private",
          scheme: "domestic",
          category: "15",
          zone: "NO-IN",
        },
      },
      { path: "invoices/warehouses/7001", before: "1", after: "2" },
    ],
    count: 3,
  },
  { revision: 1, at: "2026-10-01T06:00:00Z", who: "wizard", user: null, changes: [], count: 0 },
];

const PROOF: ProofResult = {
  at: "",
  period: { from: null, to: null },
  beyond: [],
  stock_unread: null,
  checked: 40,
  differences: [
    { order: "#1003", document: "SO000003", what: "total", shopify: "1200.00", visma: "1199.95" },
    { order: "#1004", document: null, what: "missing", shopify: "#1004", visma: "gone" },
  ],
  explained: [{ class: "rounding-line", count: 3 }],
  undecided: ["#1006"],
  days: [
    {
      date: "2026-10-30",
      account: "sales",
      gateway: null,
      vat: null,
      currency: "NOK",
      shopify: "12400.00",
      visma: "12399.95",
      difference: "-0.05",
    },
    {
      date: "2026-10-30",
      account: "money",
      gateway: "shopify_payments",
      vat: null,
      currency: "NOK",
      shopify: "12400.00",
      visma: "12400.00",
      difference: "0.00",
    },
    {
      date: "2026-10-29",
      account: "vat",
      gateway: null,
      vat: { country: "NO", rate: "25" },
      currency: "NOK",
      shopify: "2480.00",
      visma: "2480.00",
      difference: "0.00",
    },
  ],
  dated: [{ order: "#1002", document: "000021", what: "dated-otherwise", shopify: "2026-09-30", visma: "2026-10-01" }],
  stock: [{ location: "Storgata 1", items: 31, shopify: "812", visma: "812", differing: [] }],
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
