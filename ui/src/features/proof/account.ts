/** What a row of a day and a class of differences are called. */
import type { ProofDay } from "../../api/generated/ProofDay";
import { gatewayName } from "../../i18n/gateway";
import type { useWords } from "../../i18n/useWords";

type Words = ReturnType<typeof useWords>;

/** "VAT 25 %, Norway" and the like. */
export function accountName(words: Words, locale: string, row: ProofDay): string {
  if (row.vat !== null) {
    const rate = words.find("fact.vat-rate", { rate: row.vat.rate }) ?? row.vat.rate;
    return `${rate} \u00b7 ${countryName(locale, row.vat.country)}`;
  }
  const name = words.find(`proof.account.${row.account}`) ?? row.account;
  return row.gateway === null ? name : `${name} \u00b7 ${gatewayName(row.gateway)}`;
}

/** A country by its name; what is no country, such as a VAT zone, as it is. */
function countryName(locale: string, code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames([locale], { type: "region", fallback: "code" }).of(code) ?? code;
}

export function className(words: Words, name: string): string {
  const rate = /^vat-(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (rate !== undefined) return words.find("fact.vat-rate", { rate }) ?? name;
  return words.find(`proof.class.${name}`) ?? words.find(`fact.${name}`) ?? name;
}

/** Is a decimal text nothing but zeros. */
export function isZero(text: string): boolean {
  return /^-?0*\.?0*$/.test(text);
}
