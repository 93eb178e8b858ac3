/** Where a connection that does not work any more is mended. */
import { createContext } from "react";
import type { Reason } from "../../api/generated/Reason";
import type { SetupStep } from "../../api/generated/SetupStep";
import { href } from "../../app/router";

/** The side of a pair that is connected in a step of its own. */
export type Side = Extract<SetupStep, "shop" | "company">;

/** The step of the wizard that is open, for what would lead there. */
export const OpenStep = createContext<SetupStep | undefined>(undefined);

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
  "erp-approval",
  "sign-in-role",
  "sign-in-scope",
  "sign-in-forbidden",
  "sign-in-application",
]);

/** Which of the two connections this is about, if it is about one that somebody has to mend. */
export function sideOf({ code, params }: Reason): Side | undefined {
  // A secret that is gone: the one code that says by a parameter of which side it is.
  if (code === "not-connected") return params.remote === "Shopify" ? "shop" : "company";
  if (SHOP.has(code)) return "shop";
  if (COMPANY.has(code)) return "company";
  return undefined;
}

/** The step of the wizard that mends this, if one does. */
export function placeToConnect(reason: Reason): string | undefined {
  const side = sideOf(reason);
  return side === undefined ? undefined : href("setup", side);
}
