import { useIntl } from "react-intl";
import type { Amount } from "../api/generated/Amount";
import { formatAmount } from "../i18n/format";
import classes from "./Money.module.css";

/** An amount with its currency in quiet ink, so that columns of numbers stay aligned on their decimals. */
export function Money({ amount }: { amount: Amount }) {
  const { locale } = useIntl();
  return (
    <span className={classes.money}>
      {formatAmount(locale, amount.amount, amount.currency)}
      <span className={classes.currency}>{amount.currency}</span>
    </span>
  );
}
