import { FormattedMessage, useIntl } from "react-intl";
import type { RunSummary } from "../../api/generated/RunSummary";
import { href, Link } from "../../app/router";
import { Notice } from "../../components/Notice";
import { formatCount, formatMoment } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import classes from "./LastRun.module.css";

/** How the last sync ended. */
export function LastRun({ run }: { run: RunSummary }) {
  const intl = useIntl();
  const words = useWords();
  const { locale, timeZone = "UTC" } = intl;
  const values = {
    at: formatMoment(locale, timeZone, run.ended, "day-time"),
    read: run.read,
    readShown: formatCount(locale, run.read),
    written: run.written,
    writtenShown: formatCount(locale, run.written),
  };
  return (
    <section aria-label={intl.formatMessage({ id: "overview.lastRun" })}>
      {run.failure === null ? (
        <p className={classes.line}>
          <FormattedMessage id="lastRun.done" values={values} />{" "}
          <Link to={href("activity")}>
            <FormattedMessage id="lastRun.activity" />
          </Link>
        </p>
      ) : (
        <Notice tone={run.failure.code === "stopped" ? "waiting" : "needs"}>
          <p className={classes.text}>
            <FormattedMessage id="lastRun.stopped" values={{ ...values, reason: words.reason(run.failure) }} />
          </p>
          <p className={classes.more}>{words.remedy(run.failure)}</p>
        </Notice>
      )}
    </section>
  );
}
