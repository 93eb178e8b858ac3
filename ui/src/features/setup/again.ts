/** Where a connection that does not work any more is mended. */
import { href } from "../../app/router";

const SHOP = new Set([
  "shop-credentials",
  "shop-token",
  "shop-app-not-installed",
  "shop-other-organization",
  "shop-scopes-missing",
  "shop-access-denied",
  "shop-not-found",
]);
const COMPANY = new Set([
  "erp-credentials",
  "erp-tenant",
  "erp-tenant-is-customer",
  "erp-scope-missing",
  "erp-forbidden",
  "erp-licence",
  "erp-signed-out",
]);

/** The step of the wizard that mends this, if one does. */
export function placeToConnect(code: string): string | undefined {
  if (SHOP.has(code)) return href("setup", "shop");
  if (COMPANY.has(code)) return href("setup", "company");
  return undefined;
}
