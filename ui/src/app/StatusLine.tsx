import { Tooltip } from "@mantine/core";
import { FormattedMessage, useIntl } from "react-intl";
import type { Health } from "../api/generated/Health";
import { useInfo, useOverview } from "../api/queries";
import { StateIcon } from "../components/StateMark";
import { dayOf, formatCount, formatMoment } from "../i18n/format";
import classes from "./StatusLine.module.css";

const TONES: Record<Health["kind"], "booked" | "held" | "new"> = {
  nothing_yet: "new",
  all_well: "booked",
  needs_you: "held",
  stopped: "held",
};

/** Health in a word, and when it was last looked at. */
export function StatusLine({ small }: { small: boolean }) {
  const intl = useIntl();
  const { data } = useOverview();
  const { data: info } = useInfo();
  if (data === undefined) return null;
  const { timeZone = "UTC" } = intl;
  const tone = TONES[data.health.kind];
  const word = intl.formatMessage({ id: `status.${data.health.kind}` });
  const waiting = data.flows.reduce((sum, flow) => sum + flow.counts.waiting, 0);
  const ended = data.last_run?.ended;
  const today = ended !== undefined && info !== undefined && dayOf(ended, timeZone) === dayOf(info.now, timeZone);
  const last =
    ended === undefined ? undefined : formatMoment(intl.locale, timeZone, ended, today ? "time" : "day-time");
  return (
    <Tooltip label={word} position="right" disabled={!small}>
      <div className={classes.status} data-tone={tone}>
        <span className={classes.health}>
          <StateIcon state={tone} />
          <span className={small ? "visually-hidden" : undefined}>{word}</span>
        </span>
        {!small && (
          <ul className={classes.facts}>
            {last !== undefined && (
              <li>
                <FormattedMessage id="status.last" values={{ at: last }} />
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
