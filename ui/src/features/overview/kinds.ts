/** Which kind of record a flow carries: the records page is asked for it. */
export const KINDS: Record<string, string> = {
  orders: "order",
  customers: "customer",
  invoices: "invoice",
  credit_notes: "credit_note",
  payments: "payment",
  shipments: "shipment",
  payouts: "payout",
  products: "product",
};
