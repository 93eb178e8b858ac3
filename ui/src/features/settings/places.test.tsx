import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { IntlProvider } from "react-intl";
import { expect, it } from "vitest";
import da from "../../i18n/da.json";
import en from "../../i18n/en.json";
import fi from "../../i18n/fi.json";
import nb from "../../i18n/nb.json";
import sv from "../../i18n/sv.json";
import { usePlaces } from "./places";

const CATALOGUES = { en, nb, sv, da, fi };
const LOCATIONS = [{ id: "7001", label: "Lager Oslo" }];

function read(language: keyof typeof CATALOGUES, path: string, before: string | null, after: string | null) {
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

it.each([
  [
    "vat",
    null,
    "NO · NO · 25 · goods · private · domestic · 3 · 01",
    ["Mva-kobling: Norge · 25 % · varer · privat · innenlands · Sendt fra Norge", null, "Mva-kategori 3 · Mva-sone 01"],
  ],
  [
    "vat",
    "NO · SJ · 0 · goods · company · export · 5",
    null,
    ["Mva-kobling: Svalbard og Jan Mayen · 0 % · varer · bedrift · eksport · Sendt fra Norge", "5", null],
  ],
  [
    "vat",
    "",
    "NO · NO · 25 · goods · private · domestic · 3 · 01, NO · SE · 25 · goods · private · ioss · 4",
    [
      "Mva-kobling",
      null,
      "Norge · 25 % · varer · privat · innenlands · Sendt fra Norge · Mva-kategori 3 · Mva-sone 01, Sverige · 25 % · varer · privat · IOSS · Sendt fra Norge · 4",
    ],
  ],
  [
    "payments/gateways",
    "klarna · NOK · book · 1950 · KLARNA",
    null,
    ["Betalingskobling: Klarna · NOK", "bokfør hver betaling · Kontantkonto 1950 · Betalingsmåte KLARNA", null],
  ],
  [
    "payments/gateways",
    null,
    "shopify_payments · visa · NOK · leave",
    ["Betalingskobling: Shopify Payments · visa · NOK", null, "overlat til bankimporten"],
  ],
  ["trigger/by_gateway/klarna", null, "fulfilled", ["Når det bokføres: Klarna", null, "når den er sendt"]],
  ["channels/pos/branch", "1", "2", ["Salgskanaler: Kassen i butikken · Avdelingsenhet", "1", "2"]],
  ["channels/pos", null, "SO · 2", ["Salgskanaler: Kassen i butikken", null, "SO · 2"]],
  ["special_items/tip/item", "TIPS", "TIPS-2", ["Varer for det som ikke er produkter: Tips · Vare", "TIPS", "TIPS-2"]],
  [
    "special_items/gift_card",
    "",
    "GAVE · 2990",
    ["Varer for det som ikke er produkter: Solgte gavekort", null, "Vare GAVE · Konto 2990"],
  ],
  [
    "payments/cash_rounding_item/account",
    null,
    "7770",
    ["Varer for det som ikke er produkter: Kontantavrunding · Konto", null, "7770"],
  ],
  [
    "refunds/difference_item",
    "",
    "DIFF",
    ["Varer for det som ikke er produkter: Differanser i refusjoner", null, "Vare DIFF"],
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
  ["customers/classes", null, "* · private · PRIVAT", ["Kundeklasser: Alle andre land · privat", null, "PRIVAT"]],
  ["customers/house", "SE · SEK · 10005", null, ["Samlekunder: Sverige · SEK", "10005", null]],
  [
    "payouts/classes/fee",
    null,
    "7770 · 11",
    ["Kontoer for utbetalinger: Gebyrer", null, "Konto 7770 · Mva-kategori 11"],
  ],
  ["payouts/classes/fee/vat_category", "11", "12", ["Kontoer for utbetalinger: Gebyrer · Mva-kategori", "11", "12"]],
  ["payouts/types/SHIPPING_LABEL/account", "1", "2", ["Kontoer for utbetalinger: SHIPPING_LABEL · Konto", "1", "2"]],
  ["payouts/cash_accounts/NOK", null, "1950", ["Kontoer for utbetalinger: NOK", null, "1950"]],
  ["rates/fixed", null, "EUR · NOK · 2026-10-01 · 11.52", ["Valutakurser: EUR · NOK · 1. okt. 2026", null, "11,52"]],
  ["trigger/default", "by_mode", "paid", ["Når en ordre bokføres", expect.any(String), "Når den er betalt"]],
  ["dispatch_country", null, "NO", [expect.any(String), null, "Norge"]],
  ["registrations/local", "SE", "SE, DK", [expect.any(String), "Sverige", "Sverige, Danmark"]],
  ["approved_without_vat", null, "5560001", ["Ordrer uten mva som er godkjent", null, "5560001"]],
  ["customers/chosen/customer/12", null, "10007", ["Kunder du har valgt: customer/12", null, "10007"]],
])("%s: %s became %s", (path, before, after, shown) => {
  expect(read("nb", path, before, after)).toEqual(shown);
});

it("keeps what it cannot take apart as it came", () => {
  expect(read("nb", "vat", null, "15 · NO-IN")).toEqual(["Mva-kobling", null, "15 · NO-IN"]);
  expect(read("nb", "special_items/shipping_methods", null, "BRING · 3105")).toEqual([
    "Fraktmåter",
    null,
    "BRING · 3105",
  ]);
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
