import { FormattedMessage, useIntl } from "react-intl";
import type { FlowRow } from "../../api/generated/FlowRow";
import { When } from "../../components/When";
import { useWords } from "../../i18n/useWords";
import classes from "./Flows.module.css";
import { useStyle } from "./useStyle";

type Failed = FlowRow & { failure: NonNullable<FlowRow["failure"]>; last_run: string };

/** Why the last sync of a flow failed, and when it last went well: once for those that ran together. */
export function Failures({ flows }: { flows: readonly FlowRow[] }) {
  const intl = useIntl();
  const words = useWords();
  const style = useStyle();
  const failed = flows.filter((row): row is Failed => row.on && row.failure !== null && row.last_run !== null);
  if (failed.length === 0) return null;
  const together = new Map<string, Failed[]>();
  for (const row of failed) {
    const key = JSON.stringify([row.failure, row.last_run, row.well]);
    together.set(key, [...(together.get(key) ?? []), row]);
  }
  return (
    <ul className={classes.failures} aria-label={intl.formatMessage({ id: "overview.failures" })}>
      {[...together].map(([key, [first, ...others]]) =>
        first === undefined ? null : (
          <li key={key}>
            <FormattedMessage
              id="overview.failure"
              values={{
                flows: (
                  <strong>{intl.formatList([first, ...others].map((row) => words.value("flow", row.flow)))}</strong>
                ),
                at: <When at={first.last_run} style={style(first.last_run)} />,
              }}
            />{" "}
            {words.reason(first.failure)}{" "}
            {first.well === null ? (
              <FormattedMessage id="overview.failure.never" />
            ) : (
              <FormattedMessage
                id="overview.failure.well"
                values={{ at: <When at={first.well} style={style(first.well)} /> }}
              />
            )}
          </li>
        ),
      )}
    </ul>
  );
}
