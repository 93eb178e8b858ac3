/** Where in the mapping a held record's cause is repaired. */
import type { Reason } from "../../api/generated/Reason";
import { href } from "../../app/router";

/** The address of a row within its table, as the program writes it: by what the row is about. */
export function rowId(key: Record<string, string | undefined>): string {
  return Object.entries(key)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("|");
}

type Place = { table: string; row?: string };

function place({ code, params }: Reason): Place | undefined {
  const { country, currency, gateway, method, rate, kind, party, scheme, dispatch } = params;
  switch (code) {
    case "vat-unmapped":
      return { table: "vat", row: rowId({ destination: country, rate, kind, party, scheme, dispatch }) };
    case "vat-mapping-broken":
      return { table: "vat" };
    case "gateway-unmapped":
      return { table: "gateways", row: rowId({ gateway, method: method === "-" ? undefined : method, currency }) };
    case "special-item-unmapped":
      if (kind === "warehouse") return { table: "warehouses", row: rowId({ location: params.location }) };
      return { table: "items", row: rowId({ for: kind?.replaceAll(/[ -]/g, "_") }) };
    case "item-unit-undecided":
      return { table: "units", row: rowId({ item: params.sku }) };
    case "customer-class-unmapped":
      return { table: "classes", row: rowId({ country, party: kind }) };
    case "house-customer-missing":
      return { table: "house", row: rowId({ country, currency }) };
    case "rate-missing":
      // Other sources have their rates from elsewhere.
      return params.source === "fixed" ? { table: "rates" } : undefined;
    case "payout-account-unmapped":
      return { table: "payouts", row: rowId({ class: params.class }) };
    case "payout-type-unmapped":
      return { table: "payouts", row: rowId({ class: params.type }) };
    default:
      return undefined;
  }
}

/** The page to open for a cause, if the mapping can repair it. */
export function placeOf(reason: Reason): string | undefined {
  const found = place(reason);
  return found && href("mapping", found.table, { row: found.row });
}
