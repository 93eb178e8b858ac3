import { Button, CloseButton, Skeleton } from "@mantine/core";
import { useMemo, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { useHeld, useOverview } from "../../api/queries";
import { href } from "../../app/router";
import { Empty } from "../../components/Empty";
import { Notice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { SyncControl } from "../../components/SyncControl";
import { Trouble } from "../../components/Trouble";
import { formatCount } from "../../i18n/format";
import { Cause } from "./Cause";
import { byCause, causeKey, part } from "./causes";
import classes from "./FixesPage.module.css";
import { type RetryResult, useRetry } from "./useRetry";

export function FixesPage() {
  const held = useHeld();
  const { data: overview } = useOverview();
  const { retry, tried, result, forget, error } = useRetry();
  const [opened, setOpened] = useState<string>();
  const groups = useMemo(() => held.data && byCause(held.data), [held.data]);
  const running = overview?.run != null;
  const total = groups?.reduce((sum, group) => sum + group.count, 0) ?? 0;

  return (
    <Page
      title={<FormattedMessage id="nav.fixes" />}
      lead={<FormattedMessage id="fixes.lead" />}
      actions={
        <>
          {total > 1 && (
            <Button
              variant="default"
              disabled={running || tried !== undefined}
              loading={tried === "all"}
              onClick={() => retry("all", groups ?? [])}
            >
              <FormattedMessage id="fixes.retryAll" values={{ count: total }} />
            </Button>
          )}
          <SyncControl />
        </>
      }
    >
      <div className={classes.content}>
        <div role="status">{result !== undefined && <Result result={result} onClose={forget} />}</div>
        {error !== null && <Trouble error={error} />}
        {held.error !== null && <Trouble error={held.error} onRetry={() => held.refetch()} />}
        {groups === undefined && held.error === null && <Skeleton height={160} radius="sm" />}
        {groups?.length === 0 && (
          <Empty
            title={<FormattedMessage id="fixes.empty" />}
            action={
              <Button component="a" variant="default" href={href("records", { kind: "order" })}>
                <FormattedMessage id="fixes.records" />
              </Button>
            }
          >
            <FormattedMessage id="fixes.empty.more" />
          </Empty>
        )}
        {groups !== undefined && groups.length > 0 && (
          <ul className={classes.groups}>
            {groups.map((group) => {
              const key = causeKey(group);
              return (
                <li key={key}>
                  <Cause
                    group={group}
                    opened={opened === key || (opened === undefined && groups.length === 1)}
                    onToggle={(open) => setOpened(open ? key : "")}
                    disabled={running || tried !== undefined}
                    tried={tried}
                    id={key}
                    onRetry={(name, records) => retry(name, [part(group, records)])}
                  />
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </Page>
  );
}

function Result({ result, onClose }: { result: RetryResult; onClose: () => void }) {
  const intl = useIntl();
  const shown = (count: number) => formatCount(intl.locale, count);
  return (
    <Notice
      tone={result.left === 0 ? "proven" : "waiting"}
      actions={<CloseButton aria-label={intl.formatMessage({ id: "close" })} onClick={onClose} />}
    >
      <p className={classes.result}>
        <FormattedMessage id="fixes.result" values={{ booked: shown(result.booked), left: shown(result.left) }} />
      </p>
      {result.other > 0 && (
        <p className={classes.resultMore}>
          <FormattedMessage id="fixes.result.other" values={{ count: result.other }} />
        </p>
      )}
    </Notice>
  );
}
