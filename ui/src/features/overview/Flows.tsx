import { ActionIcon, Tooltip } from "@mantine/core";
import { IconArrowRight, IconRefresh } from "@tabler/icons-react";
import { memo } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { FlowRow } from "../../api/generated/FlowRow";
import type { State } from "../../api/generated/State";
import { type OverviewAtRest, useRunning, useSyncNow } from "../../api/queries";
import { href, Link } from "../../app/router";
import { StateIcon } from "../../components/StateMark";
import { syncOnly } from "../../components/syncOnly";
import { When } from "../../components/When";
import { formatCount, formatSpan } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { Days } from "./Days";
import { Failures } from "./Failures";
import classes from "./Flows.module.css";
import { KINDS } from "./kinds";
import { useStyle } from "./useStyle";

const STATES: readonly State[] = ["booked", "waiting", "skipped", "held"];
/** Seconds. What is done within that is in step: an everyday sync takes its time. */
const IN_STEP = 5 * 60;

export function Flows({ overview }: { overview: OverviewAtRest }) {
  return (
    <div>
      <Table overview={overview} />
      <Failures flows={overview.flows} />
    </div>
  );
}

function Table({ overview }: { overview: OverviewAtRest }) {
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
            <Flow key={row.flow} row={row} paused={overview.schedule.paused !== null} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Drawn anew only where its own row is another: the page hears of every sync. */
const Flow = memo(function Flow({ row, paused }: { row: FlowRow; paused: boolean }) {
  const intl = useIntl();
  const words = useWords();
  const style = useStyle();
  const name = words.value("flow", row.flow);
  const kind = KINDS[row.flow] ?? row.flow;
  return (
    <tr>
      <th scope="row" className={classes.flow}>
        <span>{name}</span>
        <span className={classes.direction}>
          {words.value("remote", row.from)}
          <IconArrowRight size={14} role="img" aria-label={intl.formatMessage({ id: "overview.to" })} />
          {words.value("remote", row.to)}
        </span>
        <Undone row={row} name={name} kind={kind} />
      </th>
      {STATES.map((state) => (
        <Count
          key={state}
          state={state}
          count={row.counts[state]}
          today={state === "booked" ? row.today : 0}
          name={name}
          kind={kind}
        />
      ))}
      <td className={classes.days}>{row.days.length > 0 && <Days days={row.days} name={name} />}</td>
      <td className={classes.last}>
        {row.last_run === null ? (
          <span className="quiet">
            <FormattedMessage id="overview.never" />
          </span>
        ) : (
          <span className={classes.moment}>
            {row.failure === null ? (
              <When at={row.last_run} style={style(row.last_run)} />
            ) : (
              <span className={classes.failed}>
                <StateIcon state="held" size={14} />
                <FormattedMessage
                  id="overview.failed"
                  values={{ at: <When at={row.last_run} style={style(row.last_run)} /> }}
                />
              </span>
            )}
          </span>
        )}
      </td>
      <td className={classes.next}>
        {row.next_run === null || paused ? (
          <span className="quiet">
            <FormattedMessage id={whyNever(row, paused)} />
          </span>
        ) : (
          <When at={row.next_run} style={style(row.next_run)} />
        )}
      </td>
      <td className={classes.sync}>
        <SyncOnly lane={row.lane} />
      </td>
    </tr>
  );
});

/** A look that found nothing leaves it as it is. */
const Count = memo(function Count({
  state,
  count,
  today,
  name,
  kind,
}: {
  state: State;
  count: number;
  /** Of these, since midnight. */
  today: number;
  name: string;
  kind: string;
}) {
  const intl = useIntl();
  const shown = formatCount(intl.locale, count);
  const lately =
    today > 0 ? intl.formatMessage({ id: "overview.today" }, { shown: formatCount(intl.locale, today) }) : "";
  const label = `${name}, ${intl.formatMessage({ id: `state.${state}` })}: ${shown}`;
  return (
    <td className={classes.number} data-state={state} data-zero={count === 0 || undefined}>
      <Link to={href("records", { kind, state })} aria-label={lately === "" ? label : `${label}, ${lately}`}>
        {count > 0 && state !== "skipped" && <StateIcon state={state} size={14} />}
        {shown}
      </Link>
      {lately !== "" && (
        <span className={classes.today} aria-hidden="true">
          {lately}
        </span>
      )}
    </td>
  );
});

const SyncOnly = memo(function SyncOnly({ lane }: { lane: string }) {
  const intl = useIntl();
  const words = useWords();
  const running = useRunning();
  const sync = useSyncNow();
  const only = syncOnly(intl, words, lane);
  return (
    <Tooltip label={only}>
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={only}
        disabled={running}
        loading={sync.isPending}
        onClick={() => sync.mutate({ flow: lane })}
      >
        <IconRefresh size={16} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
});

/** What of a flow should be done by now and is not; nothing where it is in step. */
function Undone({ row, name, kind }: { row: FlowRow; name: string; kind: string }) {
  const intl = useIntl();
  const { lag, counts } = row;
  const unsent =
    counts.new > 0 && intl.formatMessage({ id: "overview.unsent" }, { shown: formatCount(intl.locale, counts.new) });
  const behind =
    lag !== null &&
    lag >= IN_STEP &&
    intl.formatMessage({ id: "overview.behind" }, { lag: formatSpan(intl.locale, lag) });
  if (unsent === false && behind === false) return null;
  return (
    <span className={classes.undone}>
      {unsent !== false && (
        <Link to={href("records", { kind, state: "new" })} className={classes.part} aria-label={`${name}: ${unsent}`}>
          <StateIcon state="new" size={14} />
          {unsent}
        </Link>
      )}
      {behind !== false && (
        <span className={`${classes.part} ${classes.behind}`}>
          <StateIcon state="waiting" size={14} />
          {behind}
        </span>
      )}
    </span>
  );
}

function whyNever(row: FlowRow, paused: boolean) {
  if (!row.on) return "overview.next.off";
  return paused && row.every !== "by_hand" ? "overview.next.paused" : "overview.next.hand";
}
