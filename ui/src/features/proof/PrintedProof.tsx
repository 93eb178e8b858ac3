/** The proof as a working paper: on paper and in a PDF only. */
import { FormattedMessage, useIntl } from "react-intl";
import type { ProofResult } from "../../api/generated/ProofResult";
import { useInfo } from "../../api/queries";
import { When } from "../../components/When";
import { formatDay } from "../../i18n/format";
import { DayTable } from "./Days";
import classes from "./PrintedProof.module.css";

export function PrintedProof({ proof }: { proof: ProofResult }) {
  const intl = useIntl();
  const { data: info } = useInfo();
  const dates = [...new Set(proof.days.map((row) => row.date))].sort();
  const [first, last] = [dates[0], dates.at(-1)];
  return (
    <div className={classes.paper} aria-hidden="true">
      <header className={classes.head}>
        <strong>{info?.company}</strong>
        <span>{info?.shop}</span>
        {first !== undefined && last !== undefined && (
          <span>
            {formatDay(intl.locale, first)} \u2013 {formatDay(intl.locale, last)}
          </span>
        )}
        <span>
          <FormattedMessage id="proof.at" values={{ at: <When at={proof.at} /> }} />
        </span>
      </header>
      {dates.map((date) => (
        <DayTable key={date} date={date} rows={proof.days.filter((row) => row.date === date)} />
      ))}
    </div>
  );
}
