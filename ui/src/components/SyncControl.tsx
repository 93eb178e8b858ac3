/** Sync now, with a menu for one flow; while a run goes on, how far it is and Stop. */
import { ActionIcon, Button, Menu, Progress } from "@mantine/core";
import {
  IconChevronDown,
  IconEye,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
} from "@tabler/icons-react";
import { FormattedMessage, useIntl } from "react-intl";
import type { RunProgress } from "../api/generated/RunProgress";
import { useOverview, usePause, useSyncNow, useSyncStop } from "../api/queries";
import { href } from "../app/router";
import { formatCount } from "../i18n/format";
import { useWords } from "../i18n/useWords";
import classes from "./SyncControl.module.css";
import { syncOnly } from "./syncOnly";
import { Trouble } from "./Trouble";

export function SyncControl() {
  const intl = useIntl();
  const words = useWords();
  const { data: overview } = useOverview();
  const sync = useSyncNow();
  const stop = useSyncStop();
  const pause = usePause();
  const run = overview?.run ?? null;
  const paused = overview?.schedule.paused != null;
  const lanes = [...new Set((overview?.flows ?? []).map(({ lane }) => lane))];

  if (run !== null) {
    return (
      <div className={classes.running}>
        <RunWords run={run} />
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={16} aria-hidden="true" />}
          disabled={stop.isSuccess && stop.isPending}
          loading={stop.isPending}
          onClick={() => stop.mutate()}
        >
          <FormattedMessage id="sync.stop" />
        </Button>
      </div>
    );
  }

  return (
    <>
      <div className={classes.split}>
        <Button
          className={classes.main}
          loading={sync.isPending}
          leftSection={<IconRefresh size={16} aria-hidden="true" />}
          onClick={() => sync.mutate({ flow: null })}
          title="F5"
        >
          <FormattedMessage id="sync.now" />
        </Button>
        <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <ActionIcon
              className={classes.more}
              size={36}
              variant="filled"
              disabled={sync.isPending}
              aria-label={intl.formatMessage({ id: "sync.choose" })}
            >
              <IconChevronDown size={16} aria-hidden="true" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component="a" href={href("preview")} leftSection={<IconEye size={16} aria-hidden="true" />}>
              <FormattedMessage id="sync.preview" />
            </Menu.Item>
            <Menu.Divider />
            {lanes.map((lane) => (
              <Menu.Item key={lane} onClick={() => sync.mutate({ flow: lane })}>
                {syncOnly(intl, words, lane)}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item
              leftSection={
                paused ? (
                  <IconPlayerPlay size={16} aria-hidden="true" />
                ) : (
                  <IconPlayerPause size={16} aria-hidden="true" />
                )
              }
              onClick={() => pause.mutate(!paused)}
            >
              <FormattedMessage id={paused ? "schedule.resume" : "schedule.pause"} />
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      {[sync.error, pause.error].map(
        (error, index) =>
          error !== null && (
            // biome-ignore lint/suspicious/noArrayIndexKey: each place is one command
            <div key={index} className={classes.trouble}>
              <Trouble error={error} />
            </div>
          ),
      )}
    </>
  );
}

/** What the run does, and how far it is. */
export function RunWords({ run }: { run: RunProgress }) {
  const intl = useIntl();
  const words = useWords();
  const phase = words.value("phase", run.phase);
  const done = formatCount(intl.locale, run.done);
  const text =
    run.total === null
      ? intl.formatMessage({ id: "sync.progress" }, { phase, done })
      : intl.formatMessage({ id: "sync.progress.of" }, { phase, done, total: formatCount(intl.locale, run.total) });
  const share = run.total === null || run.total === 0 ? 100 : Math.min(100, (run.done / run.total) * 100);
  return (
    <div className={classes.progress}>
      <span>{text}</span>
      <Progress
        value={share}
        size="xs"
        // Nothing moves by itself: a sync runs every minute all day, and a drawing that never rests costs more than the sync.
        striped={run.total === null}
        transitionDuration={0}
        aria-label={intl.formatMessage({ id: "sync.running" })}
      />
    </div>
  );
}
