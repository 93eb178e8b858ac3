import { Button, Skeleton } from "@mantine/core";
import { FormattedMessage } from "react-intl";
import { useOverviewAtRest, usePause } from "../../api/queries";
import { href } from "../../app/router";
import { Notice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { SyncControl } from "../../components/SyncControl";
import { Trouble } from "../../components/Trouble";
import { Away } from "./Away";
import { Flows } from "./Flows";
import { HealthSentence } from "./HealthSentence";
import { LastRun } from "./LastRun";
import classes from "./OverviewPage.module.css";

export function OverviewPage() {
  const overview = useOverviewAtRest();
  const { data } = overview;
  return (
    <Page
      title={<FormattedMessage id="nav.overview" />}
      lead={<FormattedMessage id="overview.lead" />}
      actions={<SyncControl />}
    >
      <div className={classes.content}>
        {overview.error !== null && <Trouble error={overview.error} onRetry={() => overview.refetch()} />}
        {data === undefined ? (
          overview.error === null && <Skeleton height={220} radius="sm" />
        ) : (
          <>
            <section className={classes.health}>
              <HealthSentence overview={data} />
              <div className={classes.actions}>
                {data.health.kind === "needs_you" && (
                  <Button component="a" href={href("fixes")} variant="default">
                    <FormattedMessage id="overview.look" />
                  </Button>
                )}
                {data.health.kind === "differs" && (
                  <Button component="a" href={href("proof")} variant="default">
                    <FormattedMessage id="nav.proof" />
                  </Button>
                )}
                <Button component="a" href={href("preview")} variant="subtle">
                  <FormattedMessage id="sync.preview" />
                </Button>
              </div>
            </section>
            {data.schedule.paused !== null && <Paused />}
            <Flows overview={data} />
            <Away />
            {/* It stays while the next one runs: a page that is read must not jump every minute. */}
            {data.last_run !== null && <LastRun run={data.last_run} />}
          </>
        )}
      </div>
    </Page>
  );
}

/** Nothing starts by itself: said where one looks first, with the way back. */
function Paused() {
  const pause = usePause();
  return (
    <Notice
      tone="waiting"
      actions={
        <Button variant="default" loading={pause.isPending} onClick={() => pause.mutate(false)}>
          <FormattedMessage id="schedule.resume" />
        </Button>
      }
    >
      <FormattedMessage id="schedule.paused.why" />
    </Notice>
  );
}
