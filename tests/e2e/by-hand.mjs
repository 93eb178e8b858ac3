/** Sales orders that somebody made in the practice Visma.net before Brygga came: with none of its marks. */
import assert from "node:assert/strict";
import { caller } from "./screens.mjs";

/**
 * Books the first orders of the preview that are of a customer whom Visma.net knows: one document names its order in its text, the other is of the
 * same amount, day and customer alone.
 * @returns the names of the two orders
 */
export async function bookByHand(host, page) {
  const call = caller(page);
  const query = { search: null, outcome: "send", kind: "order", offset: 0, limit: 50 };
  const { rows } = await call("preview_rows", query);
  const found = [];
  for (const { id, kind, name, party } of rows) {
    if (found.length === 2) break;
    // Sold over the counter: of no customer, so nothing but its name tells.
    if (party === null) continue;
    const item = await call("preview_item", { kind, id });
    const fact = (wanted) => item.facts.find(({ name }) => name === wanted)?.after;
    const customer = fact("customer") ?? fact("linked_customer");
    if (customer !== undefined) found.push({ name, customer, item, fact });
  }
  const [named, likely] = found;
  assert.ok(likely !== undefined, "two orders of known customers");
  const post = await salesOrders(host);
  await post(body(named, `Webshop ${named.name}, paid by card`));
  await post(body(likely, "By phone"));
  return { named: named.name, likely: likely.name };
}

/** `NewSalesOrderCommand` of SalesOrder v3, with what somebody fills in by hand. */
function body({ customer, item, fact }, description) {
  return {
    type: fact("order_type"),
    currencyId: item.currency,
    date: `${fact("date")}T12:00:00`,
    description,
    customer: { id: customer, order: "by phone", refNo: "-" },
    taxZoneId: fact("zone"),
    orderLines: item.lines.map(({ line }) => ({
      inventoryId: line.item,
      description: line.description,
      quantity: Number(line.quantity),
      unitPrice: Number(line.unit_price),
      hasManualPrice: true,
      discountAmount: Number(line.discount),
      hasManualDiscount: true,
      taxCategoryId: line.vat_category,
    })),
  };
}

/** As an application of its own with the practice credentials (`facts/visma` 1). */
async function salesOrders(host) {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: "isv_brygga_practice",
    client_secret: "practice-secret",
    tenant_id: "11111111-2222-3333-4444-555555555555",
    scope: "visma.net.erp.salesorder:read visma.net.erp.salesorder:write",
  });
  const answer = await fetch(`${host.visma}/connect/token`, { method: "POST", body: form });
  assert.equal(answer.status, 200);
  const { access_token } = await answer.json();
  return async (order) => {
    const made = await fetch(`${host.visma}/api/v3/SalesOrders`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${access_token}` },
      body: JSON.stringify(order),
    });
    assert.equal(made.status, 201, await made.text());
  };
}
