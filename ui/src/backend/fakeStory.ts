/** The story of a record that is only pretended. */

import type { Reason } from "../api/generated/Reason";
import type { RecordLine } from "../api/generated/RecordLine";
import type { State } from "../api/generated/State";
import type { Story } from "../api/generated/Story";
import type { StoryStep } from "../api/generated/StoryStep";

export function storyOf(record: RecordLine): Story {
  const booked = record.state === "booked";
  const total = record.amount?.amount ?? "0.00";
  const differs = record.reason?.code === "totals-differ";
  const steps: StoryStep[] = [
    { at: record.changed, event: "seen", level: "info", params: {}, exchange: null },
    { at: record.changed, event: "planned", level: "info", params: {}, exchange: null },
  ];
  if (booked) {
    steps.push(
      {
        at: record.changed,
        event: "sent",
        level: "info",
        params: { document: record.erp_number ?? "" },
        exchange: {
          remote: "visma",
          method: "POST",
          path: "/api/v3/salesorders",
          status: 201,
          request:
            '{"type":"SO","customer":{"id":"10001","order":"#1042"},"orderLines":[{"inventory":{"id":"FJ-100"},"quantity":2,"unitPrice":399.20}]}',
          answer: '{"orderId":"SO000042","status":"Open"}',
          millis: 212,
        },
      },
      { at: record.changed, event: "read-back", level: "good", params: {}, exchange: null },
    );
  } else {
    steps.push({
      at: record.changed,
      event: record.state,
      level: record.state === "held" ? "bad" : "warn",
      params: record.reason === null ? {} : { code: record.reason.code, ...record.reason.params },
      exchange: null,
    });
  }
  const both = (name: string, value: string, agrees: boolean | null = booked) => ({
    name,
    shopify: value,
    visma: booked ? value : null,
    agrees: booked ? agrees : null,
  });
  return {
    record,
    facts: [
      { name: "number", shopify: record.name, visma: record.erp_number, agrees: null },
      both("date", "2026-10-12"),
      both("customer", record.party ?? record.name),
      both("currency", record.amount?.currency ?? "NOK"),
      {
        name: "total",
        shopify: total,
        visma: differs ? "1199.95" : booked ? total : null,
        agrees: differs ? false : booked ? true : null,
      },
      both("vat-25", "199.60"),
      { name: "status", shopify: "PAID", visma: booked ? "Open" : null, agrees: null },
    ],
    plan:
      record.kind === "customer"
        ? []
        : [
            {
              part: "line/1",
              item: "FJ-100",
              account: null,
              unit: null,
              warehouse: null,
              description: "Ullgenser Sognefjord, marine, L",
              quantity: "2",
              unit_price: "399.20",
              discount: "0",
              net: "798.40",
              vat_category: "25",
              vat_percent: "25",
              rule: "product-by-sku",
            },
            {
              part: "line/2",
              item: "FJ-210",
              account: null,
              unit: null,
              warehouse: null,
              description: "Turkart Jotunheimen",
              quantity: "1",
              unit_price: "149.00",
              discount: "14.90",
              net: "134.10",
              vat_category: "00",
              vat_percent: "0",
              rule: "product-by-sku",
            },
            {
              part: "shipping/1",
              item: "FRAKT",
              account: null,
              unit: null,
              warehouse: null,
              description: "Posten, hjemlevering",
              quantity: "1",
              unit_price: "79.20",
              discount: "0",
              net: "79.20",
              vat_category: "25",
              vat_percent: "25",
              rule: "shipping",
            },
            {
              part: "rounding",
              item: "AVRUNDING",
              account: null,
              unit: null,
              warehouse: null,
              description: "Avrunding",
              quantity: "1",
              unit_price: "-0.01",
              discount: "0",
              net: "-0.01",
              vat_category: "00",
              vat_percent: "0",
              rule: "rounding",
            },
          ],
    order: null,
    parts: record.kind === "order" && booked ? partsOf(record) : [],
    steps,
    shopify_url: record.kind === "order" ? `https://admin.shopify.com/store/fjord-og-fjell/orders/${record.id}` : null,
    payload: `{"id":"gid://shopify/Order/${record.id}","name":"${record.name}","totalPriceSet":{"shopMoney":{"amount":"${total}","currencyCode":"NOK"}}}`,
  };
}

/** The documents of a booked order. */
function partsOf(record: RecordLine): RecordLine[] {
  const part = (
    kind: string,
    letter: string,
    state: State,
    reason: Reason | null,
    number: string | null,
  ): RecordLine => ({
    ...record,
    kind,
    id: `${record.id}${letter}`,
    name: `${record.name} ${letter}1`,
    state,
    reason,
    erp_number: number,
  });
  return [
    part("invoice", "F", "booked", null, "000412"),
    part("payment", "T", "booked", null, "000981"),
    part("credit_note", "R", "waiting", { code: "waiting-refund", params: { order: record.name } }, null),
  ];
}
