import { useMemo } from "react";
import { useIntl } from "react-intl";
import { formatDay, formatDecimal, isDecimal } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";

/** What is money has at least two decimals where it has any; a quantity only those it needs. What is not named may be a number of something. */
const MONEY = new Set(["price", "compare_at", "item_price", "unit_price", "discount", "total", "vat", "applied_to"]);
const QUANTITIES = new Set(["quantity"]);

/** A fact of a preview as people read it: what it is about, and what it says. */
export function useFactWords() {
  const { locale } = useIntl();
  const words = useWords();
  return useMemo(() => {
    const name = (of: string): string => words.find(`preview.fact.${of}`) ?? of;
    const value = (of: string, text: string): string => {
      if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return formatDay(locale, text);
      if (isDecimal(text) && MONEY.has(of)) return formatDecimal(locale, text, text.includes(".") ? 2 : 0);
      if (isDecimal(text) && QUANTITIES.has(of)) return formatDecimal(locale, text);
      return of === "linked_by" ? words.value("by", text) : text;
    };
    return { name, value };
  }, [locale, words]);
}
