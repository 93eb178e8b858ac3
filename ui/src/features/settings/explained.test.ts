import { expect, it } from "vitest";
import da from "../../i18n/da.json";
import en from "../../i18n/en.json";
import fi from "../../i18n/fi.json";
import nb from "../../i18n/nb.json";
import sv from "../../i18n/sv.json";

/** Choices whose name alone does not say what comes of them. */
const NEEDED = [
  "booking_mode",
  "trigger.default",
  "trigger.grace_minutes",
  "missing_item.rule",
  "lookup_gap_seconds",
  "customers.which",
  "customers.private_on_house",
  "products.new_item.posting_class",
  "stock.available_deducts_orders",
  "payouts.entry_type_out",
  "rates.visma_type",
];

it.each(Object.entries<Record<string, string>>({ en, nb, sv, da, fi }))(
  "%s explains what a choice means",
  (_language, catalogue) => {
    expect(NEEDED.filter((path) => !catalogue[`setting.${path}.more`])).toEqual([]);
  },
);

it("explains only what there is to choose", () => {
  const named = Object.keys(en).flatMap((id) => /^(setting\..*)\.more$/.exec(id)?.[1] ?? []);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((id) => !Object.keys(en).some((known) => known === id || known === `${id}.full`))).toEqual([]);
});

it("names the accountant where a choice is one of bookkeeping law", () => {
  expect(en["setting.customers.private_on_house.more"]).toMatch(/Ask your accountant/);
});
