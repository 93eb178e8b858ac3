/** The pretended set-up: what the wizard asks, with the answers of a shop and a company that are as they should be, or not quite. */
import type { CommandName, Commands } from "../api/commands";
import type { Event } from "../api/generated/Event";
import type { PermissionLine } from "../api/generated/PermissionLine";
import type { RecordLine } from "../api/generated/RecordLine";
import type { SampleView } from "../api/generated/SampleView";
import type { SetupStep } from "../api/generated/SetupStep";
import type { SetupView } from "../api/generated/SetupView";
import { Refusal } from "./port";

type Part = Partial<{ [Name in CommandName]: (request: Commands[Name]["request"]) => Commands[Name]["answer"] }>;

/** What it needs of the pretended program around it. */
export interface Around {
  tell: (event: Event) => void;
  record: (id: string) => RecordLine | undefined;
  sync: () => void;
}

const SECRET = "practice-secret";
const SCOPES: [string, boolean][] = [
  ["write_orders", true],
  ["read_customers", true],
  ["read_returns", true],
  ["write_products", false],
];

function permission(name: string, needed: boolean, ok: boolean): PermissionLine {
  return { name, scope: name, flows: ["orders"], needed, ok, reason: null };
}

export class FakeSetup {
  started = true;
  /** Scopes that the shop has not granted. */
  lacking: string[] = [];
  /** The sign-in was revoked at Visma. */
  signedOut = false;
  readonly #around: Around;
  #view: SetupView;

  constructor(around: Around) {
    this.#around = around;
    this.#view = {
      started: true,
      step: "shop",
      done: [],
      shop: {
        domain: null,
        client_id: null,
        secret_kept: false,
        scope_list: "write_orders,read_customers",
        found: null,
      },
      company: {
        client_id: null,
        tenant_id: null,
        scopes: ["vismanet_erp_service_api:read"],
        secret_kept: false,
        sign_in: {
          client_id: "brygga_practice_public",
          scopes: ["offline_access"],
          port: 47823,
          redirect: "http://127.0.0.1:47823",
          signed_in: false,
          waiting: null,
          trouble: null,
        },
        found: null,
      },
      month: null,
      practice: {
        shop_domain: "fjord-og-fjell.myshopify.com",
        shop_client_id: "practice-client",
        shop_secret: SECRET,
        company_client_id: "isv_brygga_practice",
        company_secret: SECRET,
        tenant_id: "11111111-2222-3333-4444-555555555555",
        sign_in_client_id: "brygga_practice_public",
      },
    };
  }

  /** Nothing is connected yet. */
  begin(): void {
    this.started = false;
    this.#view.started = false;
  }

  readonly handlers = {
    setup: () => this.#view,
    setup_go: ({ step, finished }) => {
      this.#view.step = step;
      if (finished !== null) this.#finish(finished);
      return this.#view;
    },
    setup_shop: ({ domain, client_id, secret }) => {
      if (!domain.endsWith(".myshopify.com")) throw new Refusal({ code: "shop-domain", params: { domain } });
      if (secret !== null && secret !== SECRET)
        throw new Refusal({ code: "shop-credentials", params: { detail: "invalid_client", domain } });
      this.#view.shop = {
        ...this.#view.shop,
        domain,
        client_id,
        secret_kept: true,
        found: {
          name: "Fjord & Fjell AS",
          currency: "NOK",
          country: "NO",
          sixty_days_only: false,
          permissions: SCOPES.map(([name, needed]) => permission(name, needed, !this.lacking.includes(name))),
        },
      };
      this.#view.month = "2026-10-01";
      this.#finish("shop");
      return this.#view;
    },
    setup_company: ({ client_id, tenant_id, secret }) => {
      if (secret !== null && secret !== SECRET)
        throw new Refusal({ code: "erp-credentials", params: { detail: "invalid_client" } });
      this.#view.company = { ...this.#view.company, client_id, tenant_id, secret_kept: true };
      this.#met(true);
      return this.#view;
    },
    setup_check: ({ shop, company }) => {
      const { found } = this.#view.shop;
      if (shop && found !== null)
        found.permissions = SCOPES.map(([name, needed]) => permission(name, needed, !this.lacking.includes(name)));
      if (company && this.signedOut) throw new Refusal({ code: "erp-signed-out", params: { detail: "invalid_grant" } });
      return this.#view;
    },
    setup_forget: ({ grant }) => {
      const { company } = this.#view;
      if (grant === "application") {
        this.#view.company = { ...company, client_id: null, tenant_id: null, secret_kept: false, found: null };
      } else {
        this.#view.company = { ...company, sign_in: { ...company.sign_in, signed_in: false }, found: null };
      }
      this.#view.done = this.#view.done.filter((step) => step !== "company");
      return this.#view;
    },
    sign_in: () => {
      const address = "http://127.0.0.1:1/connect/authorize?state=x";
      this.#signIn({ waiting: address, trouble: null });
      return { address };
    },
    sign_in_cancel: () => {
      this.#signIn({ waiting: null, trouble: { code: "sign-in-cancelled", params: {} } });
      return this.#view;
    },
    setup_read: () => ({ read: 60, ready: 51, held: 5, proposing: !this.#view.done.includes("mapping") }),
    sample: ({ id }) => this.#sample(id),
    sample_send: ({ id }) => {
      const record = this.#around.record(id);
      if (record !== undefined) Object.assign(record, { state: "booked", reason: null, erp_number: "SO 000223" });
      return this.#sample(id);
    },
    setup_start: () => {
      this.started = true;
      this.#view.started = true;
      this.#finish("start");
      this.#around.sync();
      return this.#view;
    },
  } satisfies Part;

  /** The browser came back: the company is there, with what a person may do in it. */
  signedIn(): void {
    this.#met(false);
    this.#signIn({ waiting: null, signed_in: true });
  }

  #signIn(change: Partial<SetupView["company"]["sign_in"]>): void {
    this.#view.company.sign_in = { ...this.#view.company.sign_in, ...change };
    this.#around.tell({ event: "setup_changed", data: {} });
  }

  #met(orders: boolean): void {
    this.#view.company.found = {
      name: "Fjord & Fjell AS",
      permissions: [permission("customers-read", true, true), permission("orders-write", true, orders)],
      modes: [
        { mode: "sales_order", open: orders, chosen: true },
        { mode: "direct_invoice", open: true, chosen: false },
      ],
    };
    this.#finish("company");
  }

  #finish(step: SetupStep): void {
    if (!this.#view.done.includes(step)) this.#view.done.push(step);
  }

  #sample(id: string): SampleView {
    const record = this.#around.record(id);
    if (record === undefined) throw new Refusal({ code: "order-gone", params: { order: id } });
    const booked = record.erp_number !== null;
    const amount = record.amount ?? { amount: "0.00", currency: "NOK" };
    const held = record.state === "held" && record.reason !== null;
    return {
      record,
      outcome: held ? "held" : booked ? "booked" : "book",
      reason: held ? record.reason : null,
      currency: amount.currency,
      documents: held
        ? []
        : [
            {
              kind: "customer",
              when: "make",
              name: "Kari Nordmann",
              date: null,
              total: null,
              vat: [],
              place: "PRIVAT",
            },
            {
              kind: "sales_order",
              when: booked ? "use" : "make",
              name: record.name,
              date: "2026-10-14",
              total: amount,
              vat: [{ rate: "25", amount: { amount: "20.00", currency: amount.currency } }],
              place: "NO-IN",
            },
            {
              kind: "credit_note",
              when: "follows",
              name: `${record.name} R1`,
              date: "2026-10-20",
              total: { amount: "100.00", currency: amount.currency },
              vat: [{ rate: "25", amount: { amount: "20.00", currency: amount.currency } }],
              place: null,
            },
          ],
      plan: [],
      facts: [{ name: "total", shopify: amount.amount, visma: booked ? amount.amount : null, agrees: booked || null }],
    };
  }
}
