import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowRight, IconRefresh } from "@tabler/icons-react";
import { FormattedMessage, useIntl } from "react-intl";
import type { FlowRow } from "../../api/generated/FlowRow";
import type { Overview } from "../../api/generated/Overview";
import type { State } from "../../api/generated/State";
import { useInfo, useSyncNow } from "../../api/queries";
import { href, Link } from "../../app/router";
import { StateIcon } from "../../components/StateMark";
import { When } from "../../components/When";
import { dayOf, formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { Days } from "./Days";
import classes from "./Flows.module.css";
import { KINDS } from "./kinds";

const STATES: readonly State[] = ["booked", "waiting", "skipped", "held"];

export function Flows({ overview }: { overview: Overview }) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <caption className="visually-hidden">
          <FormattedMessage id="overview.flows" />
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <FormattedMessage id="overview.flow" />
            </th>
            {STATES.map((state) => (
              <th key={state} scope="col" className={classes.number}>
                <FormattedMessage id={`state.${state}`} />
              </th>
            ))}
            <th scope="col" className={classes.days}>
              <FormattedMessage id="overview.days" />
            </th>
            <th scope="col" className={classes.last}>
              <FormattedMessage id="overview.last" />
            </th>
            <th scope="col" className={classes.next}>
              <FormattedMessage id="overview.next" />
            </th>
            <th scope="col">
              <span className="visually-hidden">
                <FormattedMessage id="sync.now" />
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {overview.flows.map((row) => (
            <Flow key={row.flow} row={row} running={overview.run !== null} paused={overview.schedule.paused !== null} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Flow({ row, running, paused }: { row: FlowRow; running: boolean; paused: boolean }) {
  const intl = useIntl();
  const words = useWords();
  const sync = useSyncNow();
  const { data: info } = useInfo();
  const { timeZone = "UTC" } = intl;
  const today = (at: string) => info !== undefined && dayOf(at, timeZone) === dayOf(info.now, timeZone);
  const name = words.value("flow", row.flow);
  const kind = KINDS[row.flow] ?? row.flow;
  const only = intl.formatMessage({ id: "sync.only" }, { flow: name });
  return (
    <tr>
      <th scope="row" className={classes.flow}>
        <span>{name}</span>
        <span className={classes.direction}>
          {words.value("remote", row.from)}
          <IconArrowRight size={14} role="img" aria-label={intl.formatMessage({ id: "overview.to" })} />
          {words.value("remote", row.to)}
        </span>
      </th>
      {STATES.map((state) => {
        const count = row.counts[state];
        return (
          <td key={state} className={classes.number} data-state={state} data-zero={count === 0 || undefined}>
            <Link
              to={href("records", { kind, state })}
              aria-label={`${name}, ${intl.formatMessage({ id: `state.${state}` })}: ${formatCount(intl.locale, count)}`}
            >
              {count > 0 && state !== "skipped" && <StateIcon state={state} size={14} />}
              {formatCount(intl.locale, count)}
            </Link>
          </td>
        );
      })}
      <td className={classes.days}>{row.days.length > 0 && <Days days={row.days} name={name} />}</td>
      <td className={classes.last}>
        {row.last_run === null ? (
          <span className="quiet">
            <FormattedMessage id="overview.never" />
          </span>
        ) : (
          <span className={classes.moment}>
            {row.failure !== null && (
              <Tooltip label={words.reason(row.failure)} multiline maw={360}>
                <span className={classes.failed}>
                  <StateIcon state="held" size={14} />
                  <span className="visually-hidden">{words.reason(row.failure)}</span>
                </span>
              </Tooltip>
            )}
            <When at={row.last_run} style={today(row.last_run) ? "time" : "day-time"} />
          </span>
        )}
      </td>
      <td className={classes.next}>
        {row.next_run === null || paused ? (
          <span className="quiet">
            <FormattedMessage id={whyNever(row, paused)} />
          </span>
        ) : (
          <When at={row.next_run} style={today(row.next_run) ? "time" : "day-time"} />
        )}
      </td>
      <td className={classes.sync}>
        <Tooltip label={only}>
          <ActionIcon
            variant="subtle"
            size="lg"
            aria-label={only}
            disabled={running}
            loading={sync.isPending}
            onClick={() => sync.mutate({ flow: row.flow })}
          >
            <IconRefresh size={16} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </td>
    </tr>
  );
}

function whyNever(row: FlowRow, paused: boolean) {
  if (!row.on) return "overview.next.off";
  return paused && row.every !== "by_hand" ? "overview.next.paused" : "overview.next.hand";
}
