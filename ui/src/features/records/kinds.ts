/** The kinds of records, in the order in which one thinks of them. */
export const KINDS = [
  "order",
  "customer",
  "invoice",
  "credit_note",
  "payment",
  "shipment",
  "payout",
  "product",
  "stock",
] as const;
export type Kind = (typeof KINDS)[number];
