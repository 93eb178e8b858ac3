import { Button, CloseButton, Skeleton } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Fixed } from "../../api/generated/Fixed";
import type { HeldGroup } from "../../api/generated/HeldGroup";
import type { RecordLine } from "../../api/generated/RecordLine";
import type { Retry } from "../../api/generated/Retry";
import type { Tried } from "../../api/generated/Tried";
import { useHeld, useRereadSettings, useRunning } from "../../api/queries";
import { href, useRoute } from "../../app/router";
import { useBackend } from "../../backend/context";
import { Empty } from "../../components/Empty";
import { Notice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { SyncControl } from "../../components/SyncControl";
import { Trouble } from "../../components/Trouble";
import { formatCount } from "../../i18n/format";
import { Cause } from "./Cause";
import { byCause, causeKey } from "./causes";
import classes from "./FixesPage.module.css";
import { causeOf } from "./useFix";
import { useRetry } from "./useRetry";

/** The cause that a link names by one of its records; beyond the records that a group lists, by its code. */
function wanted(groups: HeldGroup[] | undefined, search: URLSearchParams): string | undefined {
  const [kind, id, code] = [search.get("kind"), search.get("id"), search.get("code")];
  const has = (group: HeldGroup) => group.records.some((record) => record.kind === kind && record.id === id);
  const found = groups?.find(has) ?? groups?.find((group) => group.kind === kind && group.reason.code === code);
  return found && causeKey(found);
}

/** Once, when the link is followed. */
function seen(cause: HTMLLIElement | null) {
  cause?.scrollIntoView?.({ block: "nearest" });
}

export function FixesPage() {
  const held = useHeld();
  const { retry, tried, result, forget, error } = useRetry();
  const groups = useMemo(() => held.data && byCause(held.data), [held.data]);
  const { search } = useRoute();
  const [chosen, setOpened] = useState<string>();
  const named = useMemo(() => wanted(groups, search), [groups, search]);
  const opened = chosen ?? named;
  const backend = useBackend();
  const reread = useRereadSettings();
  const [kept, setKept] = useState<Kept>();
  const [undone, setUndone] = useState(false);
  const undo = useMutation({
    mutationFn: (revision: number) => backend.call("fix_undo", { revision }),
    onSuccess: async () => {
      setKept(undefined);
      forget();
      setUndone(true);
      await reread();
    },
  });
  const running = useRunning();
  const forgetAll = () => {
    setKept(undefined);
    undo.reset();
    forget();
  };
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
              onClick={() => {
                forgetAll();
                setUndone(false);
                retry("all", { kind: "all" });
              }}
            >
              <FormattedMessage id="fixes.retryAll" values={{ count: total }} />
            </Button>
          )}
          <SyncControl />
        </>
      }
    >
      <div className={classes.content}>
        <div role="status">
          {undone && (
            <Notice tone="quiet" actions={<Close onClick={() => setUndone(false)} />}>
              <FormattedMessage id="fixes.undone" />
            </Notice>
          )}
          {kept !== undefined && result === undefined && tried === undefined && (
            <Notice
              tone="waiting"
              actions={
                <>
                  <Button disabled={running} onClick={() => retry(kept.key, { kind: "attempt", of: kept.attempt })}>
                    <FormattedMessage id="fixes.kept.now" />
                  </Button>
                  <UndoButton loading={undo.isPending} onClick={() => undo.mutate(kept.revision)} />
                  <Close onClick={forgetAll} />
                </>
              }
            >
              <FormattedMessage id="fixes.kept" values={{ count: kept.count }} />
            </Notice>
          )}
          {result !== undefined && (
            <Result
              result={result}
              kept={kept !== undefined}
              actions={
                <>
                  {kept !== undefined && result.booked === 0 && (
                    <UndoButton loading={undo.isPending} onClick={() => undo.mutate(kept.revision)} />
                  )}
                  <Close onClick={forgetAll} />
                </>
              }
            />
          )}
        </div>
        {undo.error !== null && <Trouble error={undo.error} />}
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
                <li key={key} ref={key === named ? seen : undefined}>
                  <Cause
                    group={group}
                    opened={opened === key || (opened === undefined && groups.length === 1)}
                    onToggle={(open) => setOpened(open ? key : "")}
                    disabled={running || tried !== undefined}
                    tried={tried}
                    id={key}
                    onRetry={(name, record) => {
                      forgetAll();
                      setUndone(false);
                      retry(name, record === undefined ? allOf(held.data ?? [], key) : one(record));
                    }}
                    onKept={(fixed, book) => {
                      forgetAll();
                      setUndone(false);
                      setKept({ ...fixed, key });
                      if (book) retry(key, { kind: "attempt", of: fixed.attempt });
                    }}
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

/** A choice that was kept, and the cause that it was made for. */
interface Kept extends Fixed {
  key: string;
}

const one = ({ kind, id }: RecordLine): Retry => ({ kind: "records", of: [{ kind, id }] });

/** Everything that waits for a cause: its list names the first records only. */
function allOf(held: HeldGroup[], key: string): Retry {
  return { kind: "causes", of: held.filter((group) => causeKey(group) === key).map(causeOf) };
}

function Close({ onClick }: { onClick: () => void }) {
  const intl = useIntl();
  return <CloseButton aria-label={intl.formatMessage({ id: "close" })} onClick={onClick} />;
}

function UndoButton({ loading, onClick }: { loading: boolean; onClick: () => void }) {
  return (
    <Button variant="default" loading={loading} onClick={onClick}>
      <FormattedMessage id="fixes.undo" />
    </Button>
  );
}

interface ResultProps {
  result: Tried;
  /** It was a choice that was tried. */
  kept: boolean;
  actions: ReactNode;
}

/** What the run really did. */
function Result({ result, kept, actions }: ResultProps) {
  const intl = useIntl();
  const shown = (count: number) => formatCount(intl.locale, count);
  return (
    <Notice tone={result.left === 0 ? "proven" : "waiting"} actions={actions}>
      <p className={classes.result}>
        <FormattedMessage id="fixes.result" values={{ booked: shown(result.booked), left: shown(result.left) }} />
      </p>
      {result.other > 0 && (
        <p className={classes.resultMore}>
          <FormattedMessage id="fixes.result.other" values={{ count: result.other }} />
        </p>
      )}
      {kept && result.booked > 0 && (
        <p className={classes.resultMore}>
          <FormattedMessage id="fixes.stays" />
        </p>
      )}
    </Notice>
  );
}
