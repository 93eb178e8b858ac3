import { Button, Checkbox, Select, Skeleton } from "@mantine/core";
import { useCallback, useMemo } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { PreviewLine } from "../../api/generated/PreviewLine";
import type { PreviewView } from "../../api/generated/PreviewView";
import { useOverview, useSyncStop } from "../../api/queries";
import { href, Link, replace, useRoute } from "../../app/router";
import { Empty } from "../../components/Empty";
import { FilterBox } from "../../components/FilterBox";
import { type Column, Grid } from "../../components/Grid";
import { Money } from "../../components/Money";
import { Notice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { RunWords } from "../../components/SyncControl";
import { Trouble } from "../../components/Trouble";
import { When } from "../../components/When";
import { formatCount, formatDay } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { Already } from "./Already";
import { Counts } from "./Counts";
import { Item } from "./Item";
import classes from "./Preview.module.css";
import { Sent } from "./Sent";
import { useOpened } from "./useOpened";
import { keyOf, useChosen, usePreviewActs, usePreviewRows, usePreviewView } from "./usePreview";
import { whatWords } from "./words";

const OUTCOMES = ["send", "waiting", "skipped", "held"] as const;

/** The preview, and beside it the orders that others may have booked. */
export function PreviewPage() {
  const { path } = useRoute();
  if (path[1] !== "already") return <NextSync />;
  return (
    <Page
      fixed
      title={<FormattedMessage id="already.title" />}
      back={
        <Link to={href("preview")}>
          <FormattedMessage id="nav.preview" />
        </Link>
      }
    >
      <Already />
    </Page>
  );
}

/** Everything that the next sync would do, and sending some or all of it. */
function NextSync() {
  const preview = usePreviewView();
  const { data: overview } = useOverview();
  const { start, send } = usePreviewActs();
  const stop = useSyncStop();
  const view = preview.data;
  const run = overview?.run ?? null;
  const busy = run !== null || (view?.doing ?? null) !== null;
  return (
    <Page
      fixed
      title={<FormattedMessage id="nav.preview" />}
      lead={<FormattedMessage id="preview.lead" />}
      actions={
        <>
          <Button component="a" href={href("preview", "already")} variant="subtle">
            <FormattedMessage id="already.link" />
          </Button>
          <Button
            variant={view?.at == null ? "filled" : "default"}
            loading={start.isPending}
            disabled={busy}
            onClick={() => start.mutate()}
          >
            <FormattedMessage id={view?.at == null ? "preview.make" : "preview.again"} />
          </Button>
        </>
      }
    >
      <div className={classes.notices} role="status">
        {view?.doing != null && (
          <div className={classes.doing}>
            <FormattedMessage id={view.doing === "sending" ? "preview.sending" : "preview.looking"} />
            {run !== null && <RunWords run={run} />}
            <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
              <FormattedMessage id="sync.stop" />
            </Button>
          </div>
        )}
        {view?.sent != null && view.doing === null && <Sent sent={view.sent} />}
      </div>
      {[start.error, send.error, stop.error].map(
        // biome-ignore lint/suspicious/noArrayIndexKey: each place is one command
        (error, index) => error !== null && <Trouble key={index} error={error} />,
      )}
      {view?.failure != null && view.doing === null && <Trouble error={view.failure} />}
      {preview.error !== null && <Trouble error={preview.error} onRetry={() => preview.refetch()} />}
      {view === undefined && preview.error === null && <Skeleton height={200} radius="sm" />}
      {view !== undefined && view.at === null && view.doing === null && (
        <Empty title={<FormattedMessage id="preview.empty" />}>
          <FormattedMessage id="preview.empty.more" />
        </Empty>
      )}
      {view !== undefined && view.at !== null && (
        <Shown
          view={view}
          at={view.at}
          busy={busy}
          onSend={(approval, sent) => send.mutate(approval, { onSuccess: sent })}
        />
      )}
    </Page>
  );
}

interface ShownProps {
  view: PreviewView;
  at: string;
  busy: boolean;
  /** `sent` is called when it was taken: what was ticked is ticked no more. */
  onSend: (approval: ReturnType<ReturnType<typeof useChosen>["approval"]>, sent: () => void) => void;
}

function Shown({ view, at, busy, onSend }: ShownProps) {
  const intl = useIntl();
  const words = useWords();
  const { search: query } = useRoute();
  const outcome = OUTCOMES.find((known) => known === query.get("outcome")) ?? "send";
  const kind = view.counts.find((count) => count.kind === query.get("kind"))?.kind ?? null;
  const search = query.get("search") ?? "";
  const rows = usePreviewRows({ outcome, kind, search });
  const sendable = view.counts.reduce((sum, count) => sum + count.send, 0);
  const chosen = useChosen(`${at}/${JSON.stringify(view.counts)}`, sendable);
  const { opened, open, close, around } = useOpened<PreviewLine>();
  const show = useCallback(
    (change: { outcome?: string; kind?: string | undefined; search?: string }) => {
      open(null);
      replace(href("preview", { outcome, kind: kind ?? undefined, search, ...change }));
    },
    [outcome, kind, search, open],
  );
  const onSearch = useCallback((text: string) => show({ search: text }), [show]);
  const columns = useColumns(outcome === "send", chosen);
  const of = (name: (typeof OUTCOMES)[number]) => view.counts.reduce((sum, count) => sum + count[name], 0);
  return (
    <>
      <Counts view={view} />
      {view.stale && (
        <Notice tone="waiting">
          <FormattedMessage id="preview.stale" />
        </Notice>
      )}
      {view.failures.map(({ flow, reason }) => (
        <Notice key={flow} tone="needs">
          <FormattedMessage
            id="preview.flow.failed"
            values={{ flow: words.value("flow", flow), reason: words.reason(reason) }}
          />
        </Notice>
      ))}
      <div className={classes.tools}>
        <Select
          aria-label={intl.formatMessage({ id: "preview.outcome" })}
          w={190}
          allowDeselect={false}
          value={outcome}
          onChange={(value) => show({ outcome: value ?? "send" })}
          data={OUTCOMES.map((value) => ({
            value,
            label: `${intl.formatMessage({ id: `preview.outcome.${value}` })} (${formatCount(intl.locale, of(value))})`,
          }))}
        />
        <Select
          aria-label={intl.formatMessage({ id: "preview.kind" })}
          w={150}
          clearable
          placeholder={intl.formatMessage({ id: "preview.kind.all" })}
          value={kind}
          onChange={(value) => show({ kind: value ?? undefined })}
          data={view.counts.map((count) => ({ value: count.kind, label: words.value("record", count.kind) }))}
        />
        <FilterBox label={intl.formatMessage({ id: "preview.search" })} value={search} onChange={onSearch} />
        <span className={classes.at}>
          <FormattedMessage id="preview.at" values={{ at: <When at={at} /> }} />
        </span>
      </div>
      {rows.error !== null && <Trouble error={rows.error} onRetry={rows.readAgain} />}
      <div className={classes.both} {...around}>
        {rows.total === 0 ? (
          <Empty
            title={<FormattedMessage id={outcome === "send" && sendable === 0 ? "preview.nothing" : "preview.none"} />}
          >
            {outcome === "send" && sendable === 0 ? <FormattedMessage id="preview.nothing.more" /> : undefined}
          </Empty>
        ) : (
          <Grid
            label={intl.formatMessage({ id: "preview.rows" })}
            columns={columns}
            count={rows.total ?? 0}
            {...(rows.total === undefined ? {} : { total: rows.total })}
            row={rows.row}
            rowKey={keyOf}
            onOpen={open}
            {...(outcome === "send" ? { ticks: chosen } : {})}
            onSight={rows.onSight}
            resetKey={`${outcome}/${kind}/${search}/${at}`}
          />
        )}
        {opened !== null && <Item key={keyOf(opened)} line={opened} onClose={close} />}
      </div>
      {outcome === "send" && sendable > 0 && (
        <footer className={classes.foot}>
          <Button variant="subtle" disabled={busy} onClick={chosen.chooseAll}>
            <FormattedMessage id="preview.all" />
          </Button>
          <Button variant="subtle" disabled={busy || chosen.count === 0} onClick={chosen.chooseNone}>
            <FormattedMessage id="preview.none.chosen" />
          </Button>
          <span className={classes.footWords}>
            <FormattedMessage id="preview.send.more" />
          </span>
          <Button disabled={busy || chosen.count === 0} onClick={() => onSend(chosen.approval(at), chosen.chooseNone)}>
            <FormattedMessage
              id="preview.send"
              values={{ count: chosen.count, shown: formatCount(intl.locale, chosen.count) }}
            />
          </Button>
        </footer>
      )}
      <p className={classes.not}>
        <FormattedMessage id="preview.not" />
      </p>
    </>
  );
}

function useColumns(sendable: boolean, chosen: ReturnType<typeof useChosen>): Column<PreviewLine>[] {
  const intl = useIntl();
  const words = useWords();
  return useMemo(() => {
    const tick: Column<PreviewLine> = {
      id: "tick",
      header: <FormattedMessage id="preview.column.approve" />,
      width: "64px",
      cell: (line) => (
        // The row opens on a click; the box only ticks.
        // biome-ignore lint/a11y/useKeyWithClickEvents: the box inside hears the keys
        // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps the click from the row
        <span className={classes.tick} onClick={(event) => event.stopPropagation()}>
          <Checkbox
            size="xs"
            radius={4}
            aria-label={intl.formatMessage(
              { id: "preview.tick" },
              { name: `${words.value("record", line.kind)} ${line.name}` },
            )}
            checked={chosen.has(line)}
            onChange={() => chosen.toggle(line)}
          />
        </span>
      ),
    };
    const kind: Column<PreviewLine> = {
      id: "kind",
      header: <FormattedMessage id="preview.kind" />,
      width: "110px",
      from: "medium",
      cell: (line) => words.value("record", line.kind),
    };
    const name: Column<PreviewLine> = {
      id: "name",
      header: <FormattedMessage id="preview.column.name" />,
      width: "minmax(84px, 0.8fr)",
      cell: (line) => <span className={classes.name}>{line.name}</span>,
    };
    const party: Column<PreviewLine> = {
      id: "party",
      header: <FormattedMessage id="records.party" />,
      width: "minmax(110px, 1fr)",
      from: "wide",
      cell: (line) => line.party,
    };
    const what: Column<PreviewLine> = {
      id: "what",
      header: <FormattedMessage id="preview.column.what" />,
      width: "minmax(130px, 1.2fr)",
      cell: (line) => line.what !== null && whatWords(words, line.what),
    };
    const why: Column<PreviewLine> = {
      id: "why",
      header: <FormattedMessage id="preview.column.why" />,
      width: "minmax(130px, 2fr)",
      cell: (line) => line.reason !== null && <span title={words.reason(line.reason)}>{words.cause(line.reason)}</span>,
    };
    const date: Column<PreviewLine> = {
      id: "date",
      header: <FormattedMessage id="preview.column.date" />,
      width: "116px",
      from: "medium",
      cell: (line) => line.date !== null && formatDay(intl.locale, line.date),
    };
    const amount: Column<PreviewLine> = {
      id: "amount",
      header: <FormattedMessage id="preview.column.amount" />,
      width: "minmax(120px, 0.8fr)",
      align: "end",
      cell: (line) => line.amount !== null && <Money amount={line.amount} />,
    };
    return sendable ? [tick, kind, name, party, what, date, amount] : [kind, name, party, why, date, amount];
  }, [intl, words, sendable, chosen]);
}
