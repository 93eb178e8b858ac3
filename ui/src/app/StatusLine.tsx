import { Tooltip } from "@mantine/core";
import { FormattedMessage, useIntl } from "react-intl";
import { useOverviewAtRest, useToday } from "../api/queries";
import { StateIcon } from "../components/StateMark";
import { dayOf, formatCount, formatMoment } from "../i18n/format";
import { useWords } from "../i18n/useWords";
import { toneOf, wordOf } from "./health";
import classes from "./StatusLine.module.css";

/** Health in a word, when it was last looked at, and when it is next. */
export function StatusLine({ small }: { small: boolean }) {
  const intl = useIntl();
  const words = useWords();
  const { data } = useOverviewAtRest();
  const { timeZone = "UTC" } = intl;
  const today = useToday(timeZone);
  if (data === undefined) return null;
  const paused = data.schedule.paused !== null;
  const health = toneOf(data.health, data.running);
  // A pause hides nothing that needs a person.
  const tone = paused && health !== "held" ? "waiting" : health;
  const word =
    paused && health !== "held" ? intl.formatMessage({ id: "schedule.paused" }) : wordOf(intl, words, data.health);
  const waiting = data.flows.reduce((sum, flow) => sum + flow.counts.waiting, 0);
  const moment = (at: string) => {
    const style = dayOf(at, timeZone) === today ? "time" : "day-time";
    return formatMoment(intl.locale, timeZone, at, style);
  };
  const ended = data.last_run?.ended;
  const next = data.schedule.next_run;
  return (
    <Tooltip label={word} position="right" disabled={!small}>
      <div className={classes.status} data-tone={tone}>
        <span className={classes.health}>
          <StateIcon state={tone} />
          <span className={small ? "visually-hidden" : undefined}>{word}</span>
        </span>
        {!small && (
          <ul className={classes.facts}>
            {paused && health === "held" && (
              <li>
                <FormattedMessage id="schedule.paused" />
              </li>
            )}
            {next !== null && !data.running && (
              <li>
                <FormattedMessage id="status.next" values={{ at: moment(next) }} />
              </li>
            )}
            {ended !== undefined && (
              <li>
                <FormattedMessage id="status.last" values={{ at: moment(ended) }} />
              </li>
            )}
            <li>
              <FormattedMessage
                id="status.waiting"
                values={{ count: waiting, shown: formatCount(intl.locale, waiting) }}
              />
            </li>
          </ul>
        )}
      </div>
    </Tooltip>
  );
}
