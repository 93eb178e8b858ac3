import type { IntlShape } from "react-intl";
import type { Words } from "../i18n/words";

/** What a sync of one lane does: orders never go without their customers, invoices, credit notes and payments. */
export function syncOnly(intl: IntlShape, words: Words, lane: string): string {
  return lane === "orders"
    ? intl.formatMessage({ id: "sync.only.orders" })
    : intl.formatMessage({ id: "sync.only" }, { flow: words.value("flow", lane) });
}
