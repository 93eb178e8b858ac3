/** The pretended preview: some orders to be sent, a change, a payment, stock, and what waits or is held. */
import type { CommandName, Commands } from "../api/commands";
import type { AlreadyFate } from "../api/generated/AlreadyFate";
import type { AlreadyFit } from "../api/generated/AlreadyFit";
import type { AlreadyLine } from "../api/generated/AlreadyLine";
import type { AlreadyPick } from "../api/generated/AlreadyPick";
import type { AlreadyView } from "../api/generated/AlreadyView";
import type { Event } from "../api/generated/Event";
import type { PlanLine } from "../api/generated/PlanLine";
import type { PreviewChanged } from "../api/generated/PreviewChanged";
import type { PreviewItem } from "../api/generated/PreviewItem";
import type { PreviewLine } from "../api/generated/PreviewLine";
import type { PreviewSent } from "../api/generated/PreviewSent";
import type { PreviewView } from "../api/generated/PreviewView";
import { Refusal } from "./port";

type Part = Pick<
  { [Name in CommandName]: (request: Commands[Name]["request"]) => Commands[Name]["answer"] },
  | "already"
  | "already_find"
  | "already_choose"
  | "already_choose_all"
  | "already_rows"
  | "preview"
  | "preview_start"
  | "preview_rows"
  | "preview_item"
  | "preview_send"
>;

const AT = "2026-10-31T13:05:00Z";

const line = (kind: string, number: number, over: Partial<PreviewLine> = {}): PreviewLine => ({
  kind,
  id: String(900_000 + number),
  name: kind === "stock" ? `FF-${number}` : `#${5000 + number}`,
  party: kind === "stock" ? null : "Kari Nordmann",
  outcome: "send",
  what: "make",
  amount: kind === "stock" ? null : { amount: `${number}50.00`, currency: "NOK" },
  date: kind === "stock" ? null : "2026-10-30",
  digest: `d${number}`,
  reason: null,
  note: null,
  ...over,
});

const PLAN: PlanLine = {
  part: "line/1",
  item: "FF-SOCK-40",
  account: null,
  unit: null,
  warehouse: null,
  description: "Wool socks",
  quantity: "2",
  unit_price: "80",
  discount: "0",
  net: "160",
  vat_category: "25",
  vat_percent: "25",
  rule: "product-by-sku",
};

/** An order that fits some documents. */
const likely = (number: number, documents: number[]): AlreadyLine => ({
  id: String(900_000 + number),
  name: `#${5000 + number}`,
  party: "Ola Nordmann",
  amount: { amount: "475.00", currency: "NOK" },
  happened: "2026-10-30T10:00:00Z",
  state: "held",
  found: documents.map((one) => ({
    kind: "sales_order",
    number: `SO 000${one}`,
    total: "475",
    currency: "NOK",
    date: "2026-10-31",
    customer: "Ola Nordmann",
    taken_by: null,
  })),
  fit: documents.length === 1 ? "likely" : "unclear",
  choice: { fate: "ask" },
  booked: false,
});

const ALREADY: AlreadyLine[] = [
  {
    ...likely(21, [223]),
    party: "Kari Nordmann",
    state: "skipped",
    fit: "named",
    choice: { fate: "link", document: "SO 000223" },
  },
  likely(22, [224]),
  likely(23, [225, 226]),
  likely(24, [225, 226]),
];

/** For so many a choice for all would be. */
function forAll(rows: AlreadyLine[], fit: AlreadyFit, fate: AlreadyFate): AlreadyLine[] {
  const open = (row: AlreadyLine) => row.choice.fate === "ask";
  return rows.filter((row) => row.fit === fit && (fate === "ask" ? !open(row) && fit !== "named" : open(row)));
}

export class FakePreview {
  /** Ids that were changed since they were shown. */
  readonly edited = new Set<string>();
  readonly #tell: (event: Event) => void;
  /** What a search for orders that others booked finds. */
  booked = ALREADY;
  #rows: AlreadyLine[] | null = null;
  #made = false;
  #sent: PreviewSent | null = null;
  #lines: PreviewLine[] = [];

  constructor(tell: (event: Event) => void) {
    this.#tell = tell;
  }

  readonly handlers: Part = {
    already: () => this.#already(),
    already_rows: ({ offset, limit }) => {
      const rows = this.#rows ?? [];
      const taken = (row: AlreadyLine) => ({
        ...row,
        found: row.found.map((document) => ({ ...document, taken_by: this.#owner(row.id, document.number) })),
      });
      const open = (row: AlreadyLine) => Number(row.choice.fate !== "ask");
      const sorted = [...rows].sort((one, other) => open(one) - open(other));
      return { rows: sorted.slice(offset, offset + limit).map(taken), total: rows.length };
    },
    already_find: () => {
      this.#rows = this.booked;
      return this.#already();
    },
    already_choose: ({ id, pick }) => {
      if (pick.fate === "link") {
        const other = this.#owner(id, pick.document);
        if (other !== null)
          throw new Refusal({ code: "document-taken", params: { document: pick.document, order: id, other } });
      }
      this.#choose([id], () => pick);
      return this.#already();
    },
    already_choose_all: ({ fit, fate, count }) => {
      const rows = forAll(this.#rows ?? [], fit, fate);
      if (rows.length !== count) throw new Refusal({ code: "fix-changed", params: {} });
      this.#choose(
        rows.map((row) => row.id),
        (row) => (fate === "link" ? { fate, document: row.found[0]?.number ?? "" } : { fate }),
      );
      return this.#already();
    },
    preview: () => this.#view(),
    preview_start: () => {
      this.#made = true;
      this.#sent = null;
      this.#lines = [
        line("order", 1),
        line("order", 2, { what: "change" }),
        line("order", 3),
        line("order", 4, {
          outcome: "held",
          what: null,
          digest: null,
          reason: { code: "item-not-found", params: { sku: "X-1" } },
        }),
        line("order", 5, {
          outcome: "waiting",
          what: null,
          digest: null,
          reason: { code: "waiting-for-payment", params: { order: "#5005", status: "PENDING" } },
        }),
        line("payment", 6, { what: "create-payment" }),
        line("stock", 7, { what: "set-stock" }),
      ];
      return this.#view();
    },
    preview_rows: ({ outcome, kind, search, offset, limit }) => {
      const rows = this.#lines.filter(
        (one) =>
          (outcome === null || one.outcome === outcome) &&
          (kind === null || one.kind === kind) &&
          (search === null || `${one.name} ${one.party}`.toLowerCase().includes(search.toLowerCase())),
      );
      return { rows: rows.slice(offset, offset + limit), total: rows.length };
    },
    preview_item: ({ kind, id }) => {
      const found = this.#lines.find((one) => one.kind === kind && one.id === id);
      if (found === undefined) throw new Refusal({ code: "wrong-use", params: { detail: `${kind}/${id}` } });
      return item(found);
    },
    preview_send: ({ at, all, items }) => {
      if (at !== AT) throw new Refusal({ code: "preview-changed", params: { name: at } });
      const named = (one: PreviewLine) => items.some((choice) => choice.kind === one.kind && choice.id === one.id);
      const approved = this.#lines.filter((one) => one.digest !== null && named(one) !== all);
      const changed: PreviewChanged[] = approved
        .filter((one) => this.edited.has(one.id))
        .map((one) => ({
          record: { kind: one.kind, id: one.id },
          reason: { code: "preview-changed", params: { name: one.name } },
        }));
      this.#lines = this.#lines
        .filter((one) => !approved.includes(one) || this.edited.has(one.id))
        .map((one) => (this.edited.has(one.id) ? { ...one, digest: `${one.digest}-new` } : one));
      this.edited.clear();
      this.#sent = { begun: approved.length - changed.length, held: 0, changed, left: 0, failure: null };
      this.#tell({ event: "preview", data: {} });
      return this.#view();
    },
  };

  #choose(ids: string[], pick: (row: AlreadyLine) => AlreadyPick) {
    this.#rows = (this.#rows ?? []).map((row) => (ids.includes(row.id) ? { ...row, choice: pick(row) } : row));
  }

  /** The other order that is linked to a document. */
  #owner(id: string, number: string): string | null {
    const owns = ({ choice }: AlreadyLine) => choice.fate === "link" && choice.document === number;
    return this.#rows?.find((row) => row.id !== id && owns(row))?.name ?? null;
  }

  #already(): AlreadyView {
    const rows = this.#rows;
    if (rows === null) return { at: null, orders: 0, documents: 0, not_read: null, counts: [] };
    const fits: AlreadyFit[] = ["named", "likely", "unclear"];
    const counts = fits
      .filter((fit) => rows.some((row) => row.fit === fit))
      .map((fit) => ({
        fit,
        open: forAll(rows, fit, "skip").length,
        decided: forAll(rows, fit, "ask").length,
      }));
    return { at: AT, orders: 120, documents: 14, not_read: null, counts };
  }

  #view(): PreviewView {
    const kinds = [...new Set(this.#lines.map((one) => one.kind))];
    const of = (kind: string, outcome: string) =>
      this.#lines.filter((one) => one.kind === kind && one.outcome === outcome);
    return {
      doing: null,
      at: this.#made ? AT : null,
      stale: false,
      counts: kinds.map((kind) => {
        const sum = of(kind, "send").reduce((total, one) => total + Number(one.amount?.amount ?? 0), 0);
        return {
          kind,
          send: of(kind, "send").length,
          waiting: of(kind, "waiting").length,
          skipped: of(kind, "skipped").length,
          held: of(kind, "held").length,
          money: sum === 0 ? [] : [{ amount: sum.toFixed(2), currency: "NOK" }],
        };
      }),
      failures: [],
      failure: null,
      sent: this.#sent,
    };
  }
}

function item(found: PreviewLine): PreviewItem {
  const empty: PreviewItem = {
    line: found,
    facts: [],
    lines: [],
    vat: [],
    currency: null,
    postings: [],
    steps: found.digest === null ? [] : [found.what ?? ""],
    follows: [],
    remedy: found.outcome === "held" ? "rows" : null,
    in_fixes: found.outcome === "held",
    later: null,
    back: null,
  };
  const fact = (name: string, after: string, before: string | null = null, of: string | null = null) => ({
    name,
    of,
    before,
    after,
  });
  if (found.kind === "stock") return { ...empty, facts: [fact("quantity", "7", "40", "Storgata 1")] };
  if (found.kind === "payment")
    return { ...empty, facts: [fact("cash_account", "1950-NOK"), fact("date", "2026-10-30")], currency: "NOK" };
  if (found.digest === null) return empty;
  const changes = found.what === "change";
  return {
    ...empty,
    facts: [
      fact("new_customer", "Kari Nordmann"),
      fact("class", "PRIVAT"),
      fact("date", "2026-10-30"),
      ...(changes ? [fact("delivery", "Nye gate 7", "Storgata 1")] : []),
    ],
    lines: changes
      ? [
          { change: "changed", before: { ...PLAN, quantity: "3", net: "240" }, line: PLAN, fields: ["quantity"] },
          { change: "gone", before: null, line: { ...PLAN, part: "line/2", description: "A cap" }, fields: [] },
        ]
      : [{ change: "new", before: null, line: PLAN, fields: [] }],
    vat: [{ rate: "25", amount: { amount: "40.00", currency: "NOK" } }],
    currency: "NOK",
    steps: changes ? ["patch-lines", "delete-lines"] : ["create-customer", "create-order"],
    follows: [
      { kind: "payment", count: 1 },
      { kind: "invoice", count: 1 },
    ],
  };
}
