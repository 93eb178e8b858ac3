/** What a working paper has and the page has not: whose it is and of which days, and every day's table. */
import { FormattedMessage, useIntl } from "react-intl";
import type { ProofDay } from "../../api/generated/ProofDay";
import type { ProofPeriod } from "../../api/generated/ProofPeriod";
import { useInfo } from "../../api/queries";
import { DayTable } from "./Days";
import { periodWords } from "./file";
import classes from "./PrintedProof.module.css";
import page from "./ProofPage.module.css";

const datesOf = (days: ProofDay[]) => [...new Set(days.map((row) => row.date))].sort();

/** The company, the shop and the period that was proven, whether anything happened in it or not. */
export function PaperHead({ period }: { period: ProofPeriod }) {
  const intl = useIntl();
  const { data: info } = useInfo();
  return (
    <div className={classes.head} aria-hidden="true">
      <strong>{info?.company}</strong>
      {info?.shop !== info?.company && <span>{info?.shop}</span>}
      <span>{periodWords(intl, period)}</span>
    </div>
  );
}

/** Every day, where the page shows one at a time. */
export function PaperDays({ days }: { days: ProofDay[] }) {
  return (
    <div className={classes.days} aria-hidden="true">
      <h3 className={page.part}>
        <FormattedMessage id="proof.days" />
      </h3>
      {datesOf(days).map((date) => (
        <DayTable key={date} date={date} rows={days.filter((row) => row.date === date)} />
      ))}
    </div>
  );
}
