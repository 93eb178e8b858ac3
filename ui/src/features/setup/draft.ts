/** What was typed and not tried yet: it stays while one goes back and forth, and never longer than the window. */

import type { SettingValue } from "../../api/generated/SettingValue";
import type { SetupView } from "../../api/generated/SetupView";

export interface Draft {
  legacy: boolean;
  domain: string;
  shopClient: string;
  shopSecret: string;
  way: "application" | "sign_in";
  companyClient: string;
  tenant: string;
  companySecret: string;
  companyScopes: string;
  person: string;
  personScopes: string;
  port: number;
  settings: Record<string, SettingValue>;
  order: string | undefined;
}

export function EMPTY(view: SetupView): Draft {
  const { shop, company } = view;
  // One who is sent here again comes to the way by which the company was connected, also when its secret is gone.
  const byPerson = company.sign_in.signed_in
    ? !company.secret_kept
    : company.found !== null && company.client_id === null;
  return {
    legacy: shop.domain !== null && shop.client_id === null,
    domain: shop.domain ?? "",
    shopClient: shop.client_id ?? "",
    shopSecret: "",
    way: byPerson ? "sign_in" : "application",
    companyClient: company.client_id ?? "",
    tenant: company.tenant_id ?? "",
    companySecret: "",
    companyScopes: company.scopes.join(" "),
    person: company.sign_in.client_id ?? "",
    personScopes: company.sign_in.scopes.join(" "),
    port: company.sign_in.port,
    settings: {},
    order: undefined,
  };
}
