import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { IntlProvider } from "react-intl";
import { expect, it } from "vitest";
import type { ChangedValue } from "../../api/generated/ChangedValue";
import da from "../../i18n/da.json";
import en from "../../i18n/en.json";
import fi from "../../i18n/fi.json";
import nb from "../../i18n/nb.json";
import sv from "../../i18n/sv.json";
import { usePlaces } from "./places";

const CATALOGUES = { en, nb, sv, da, fi };
const LOCATIONS = [{ id: "7001", label: "Lager Oslo" }];

function read(
  language: keyof typeof CATALOGUES,
  path: string,
  before: ChangedValue | null,
  after: ChangedValue | null,
) {
  const locale = { en: "en-GB", nb: "nb-NO", sv: "sv-SE", da: "da-DK", fi: "fi-FI" }[language];
  const wrapper = ({ children }: { children: ReactNode }) => (
    <IntlProvider locale={locale} messages={CATALOGUES[language]}>
      {children}
    </IntlProvider>
  );
  const { result } = renderHook(() => usePlaces(LOCATIONS), { wrapper });
  const place = result.current({ path, before, after });
  const [name, was, is] = [place.name, place.before, place.after].map(
    (text) => text?.replaceAll("\u00a0", " ") ?? null,
  );
  return [name, was, is];
}

const GOODS = { dispatch: "NO", destination: "NO", rate: "25", kind: "goods", party: "private", scheme: "domestic" };

it.each<[string, ChangedValue | null, ChangedValue | null, unknown[]]>([
  [
    "vat",
    null,
    { ...GOODS, category: "3", zone: "01" },
    ["Mva-kobling: Norge · 25 % · varer · privat · innenlands · Sendt fra Norge", null, "Mva-kategori 3 · Mva-sone 01"],
  ],
  [
    "vat",
    { ...GOODS, destination: "SJ", rate: "0", party: "company", scheme: "export", zone: "5" },
    null,
    ["Mva-kobling: Svalbard og Jan Mayen · 0 % · varer · bedrift · eksport · Sendt fra Norge", "Mva-sone 5", null],
  ],
  [
    "payments/gateways",
    { gateway: "klarna", currency: "NOK", rule: "book", cash_account: "1950", payment_method: "KLARNA" },
    null,
    ["Betalingskobling: Klarna · NOK", "bokfør hver betaling · Kontantkonto 1950 · Betalingsmåte KLARNA", null],
  ],
  [
    "payments/gateways",
    null,
    { gateway: "shopify_payments", method: "visa", currency: "NOK", rule: "leave", cash_account: "1950" },
    ["Betalingskobling: Shopify Payments · visa · NOK", null, "overlat til bankimporten · Kontantkonto 1950"],
  ],
  ["trigger/by_gateway/klarna", null, "fulfilled", ["Når det bokføres: Klarna", null, "når den er sendt"]],
  ["channels/pos/branch", "1", "2", ["Salgskanaler: Kassen i butikken · Avdelingsenhet", "1", "2"]],
  ["channels/pos/terms", null, "14", ["Salgskanaler: Kassen i butikken · Betalingsbetingelser", null, "14"]],
  ["special_items/tip/item", "TIPS", "TIPS-2", ["Varer for det som ikke er produkter: Tips · Vare", "TIPS", "TIPS-2"]],
  [
    "special_items/gift_card/account",
    null,
    "2990",
    ["Varer for det som ikke er produkter: Solgte gavekort · Konto", null, "2990"],
  ],
  [
    "payments/cash_rounding_item/account",
    null,
    "7770",
    ["Varer for det som ikke er produkter: Kontantavrunding · Konto", null, "7770"],
  ],
  [
    "refunds/difference_item/item",
    null,
    "DIFF",
    ["Varer for det som ikke er produkter: Differanser i refusjoner · Vare", null, "DIFF"],
  ],
  [
    "special_items/shipping_methods/Bring 24/7/item",
    "FRAKT",
    "BRING",
    ["Fraktmåter: Bring 24/7 · Vare", "FRAKT", "BRING"],
  ],
  ["invoices/warehouses/7001", "1", "2", ["Lagre: Lager Oslo", "1", "2"]],
  ["invoices/warehouses/7009", "1", "2", ["Lagre: Sted 7009", "1", "2"]],
  ["stock/locations/HOVED", null, "7001", ["Steder for beholdning: HOVED", null, "Lager Oslo"]],
  ["stock/buffer/items/FF-7", null, "3", ["Lager som holdes tilbake: FF-7", null, "3"]],
  ["stock/buffer/locations/7001", "3", null, ["Lager som holdes tilbake: Lager Oslo", "3", null]],
  ["units/FF-7", "STK", "KARTONG", ["Enheter: FF-7", "STK", "KARTONG"]],
  ["products/product_types/FEE", null, "Klær", ["Produkttyper: FEE", null, "Klær"]],
  [
    "customers/classes",
    null,
    { country: "*", party: "private", class: "PRIVAT", terms: "14" },
    ["Kundeklasser: Alle andre land · privat", null, "Klasse PRIVAT · Betalingsbetingelser 14"],
  ],
  [
    "customers/house",
    { country: "SE", currency: "SEK", customer: "10005" },
    null,
    ["Samlekunder: Sverige · SEK", "10005", null],
  ],
  ["payouts/classes/fee/account", null, "7770", ["Kontoer for utbetalinger: Gebyrer · Konto", null, "7770"]],
  ["payouts/classes/fee/vat_category", "11", "12", ["Kontoer for utbetalinger: Gebyrer · Mva-kategori", "11", "12"]],
  ["payouts/types/SHIPPING_LABEL/account", "1", "2", ["Kontoer for utbetalinger: SHIPPING_LABEL · Konto", "1", "2"]],
  ["payouts/cash_accounts/NOK", null, "1950", ["Kontoer for utbetalinger: NOK", null, "1950"]],
  [
    "rates/fixed",
    null,
    { from: "EUR", to: "NOK", since: "2026-10-01", rate: "11.52" },
    ["Valutakurser: EUR · NOK · 1. okt. 2026", null, "11,52"],
  ],
  ["trigger/default", "by_mode", "paid", ["Når en ordre bokføres", expect.any(String), "Når den er betalt"]],
  ["dispatch_country", null, "NO", [expect.any(String), null, "Norge"]],
  ["registrations/local", null, "DK", [expect.any(String), null, "Danmark"]],
  ["approved_without_vat", null, "5560001", ["Ordrer uten mva som er godkjent", null, "5560001"]],
  ["customers/chosen/customer/12", null, "10007", ["Kunder du har valgt: customer/12", null, "10007"]],
])("%s: %s became %s", (path, before, after, shown) => {
  expect(read("nb", path, before, after)).toEqual(shown);
});

it("shows a row of a list that it does not know", () => {
  expect(read("nb", "something_new", null, { one: "1", other: "2" })).toEqual(["something new", null, "1 · 2"]);
});

it.each([
  ["en", "Items for what is no product: Tips · Item"],
  ["sv", "Artiklar för det som inte är produkter: Dricks · Artikel"],
  ["da", "Varer for det, der ikke er produkter: Drikkepenge · Vare"],
  ["fi", "Nimikkeet muulle kuin tuotteille: Juomarahat · Nimike"],
] as const)("names the row in %s too", (language, name) => {
  expect(read(language, "special_items/tip/item", "A", "B")).toEqual([name, "A", "B"]);
  for (const path of ["trigger/by_gateway/klarna", "units/A", "stock/buffer/items/A", "products/product_types/A"]) {
    const [shown] = read(language, path, null, "1");
    expect(shown).not.toMatch(/_|by gateway|product types A/);
    expect(shown).toMatch(/: (Klarna|A)$/);
  }
});
