import { Button, Select } from "@mantine/core";
import { useCallback, useMemo } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { RecordLine } from "../../api/generated/RecordLine";
import type { State } from "../../api/generated/State";
import { go, href, replace, useRoute } from "../../app/router";
import { Empty } from "../../components/Empty";
import { FilterBox } from "../../components/FilterBox";
import { type Column, Grid } from "../../components/Grid";
import { Money } from "../../components/Money";
import { Page } from "../../components/Page";
import { StateMark } from "../../components/StateMark";
import { SyncControl } from "../../components/SyncControl";
import { Trouble } from "../../components/Trouble";
import { When } from "../../components/When";
import { formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { KINDS, type Kind } from "./kinds";
import classes from "./RecordsPage.module.css";
import { useRecords } from "./useRecords";

/** Kinds whose records are named after an order. */
const OF_ORDERS: ReadonlySet<Kind> = new Set(["order", "invoice", "credit_note", "payment", "shipment"]);
const STATES: readonly State[] = ["booked", "waiting", "skipped", "held", "new"];

export function RecordsPage() {
  const intl = useIntl();
  const { search: query } = useRoute();
  const kind = KINDS.find((known) => known === query.get("kind")) ?? "order";
  const state = STATES.find((known) => known === query.get("state")) ?? null;
  const search = query.get("search") ?? "";
  const records = useRecords({ kind, state, search });
  const columns = useColumns(kind);

  const show = useCallback(
    (change: { kind?: string; state?: string | undefined; search?: string }) =>
      replace(href("records", { kind, state: state ?? undefined, search, ...change })),
    [kind, state, search],
  );
  const onSearch = useCallback((value: string) => show({ search: value }), [show]);
  const open = useCallback((record: RecordLine) => go(href("records", record.kind, record.id)), []);
  const filtered = search !== "" || state !== null;
  const newest = records.head?.names_in_newest ?? null;

  return (
    <Page
      fixed
      title={<FormattedMessage id="nav.records" />}
      lead={<FormattedMessage id="records.lead" />}
      actions={<SyncControl />}
    >
      <div className={classes.tools}>
        <Select
          aria-label={intl.formatMessage({ id: "records.kind" })}
          w={170}
          allowDeselect={false}
          value={kind}
          onChange={(value) => show({ kind: value ?? "order" })}
          data={KINDS.map((value) => ({ value, label: intl.formatMessage({ id: `records.kind.${value}` }) }))}
        />
        <FilterBox label={intl.formatMessage({ id: "records.search" })} value={search} onChange={onSearch} />
        <Select
          aria-label={intl.formatMessage({ id: "records.state" })}
          w={150}
          clearable
          placeholder={intl.formatMessage({ id: "records.state.all" })}
          value={state}
          onChange={(value) => show({ state: value ?? undefined })}
          data={STATES.map((value) => ({ value, label: intl.formatMessage({ id: `state.${value}` }) }))}
        />
        {records.total !== undefined && (
          <span className={classes.total} role="status">
            <FormattedMessage
              id="records.total"
              values={{ count: records.total, shown: formatCount(intl.locale, records.total) }}
            />
          </span>
        )}
      </div>
      {newest !== null && (
        <p className={classes.cut}>
          <FormattedMessage id="records.namesInNewest" values={{ shown: formatCount(intl.locale, newest) }} />
        </p>
      )}
      {records.error !== null && <Trouble error={records.error} onRetry={records.readAgain} />}
      {records.error === null && records.total === 0 ? (
        <Empty
          title={<FormattedMessage id={filtered ? "records.none" : "records.empty"} />}
          action={
            filtered && (
              <Button variant="default" onClick={() => replace(href("records", { kind }))}>
                <FormattedMessage id="records.showAll" />
              </Button>
            )
          }
        >
          {filtered ? undefined : <FormattedMessage id="records.empty.more" />}
        </Empty>
      ) : (
        records.error === null && (
          <Grid
            label={intl.formatMessage({ id: "nav.records" })}
            columns={columns}
            count={records.total ?? 0}
            {...(records.total === undefined ? {} : { total: records.total })}
            row={records.row}
            rowKey={(record) => `${record.kind}/${record.id}`}
            onOpen={open}
            onSight={records.onSight}
            resetKey={`${kind}/${state}/${search}`}
          />
        )
      )}
    </Page>
  );
}

function useColumns(kind: Kind): Column<RecordLine>[] {
  const words = useWords();
  return useMemo(() => {
    const name: Column<RecordLine> = {
      id: "name",
      header: <FormattedMessage id={`records.name.${kind}`} />,
      width: OF_ORDERS.has(kind) ? "minmax(84px, 130px)" : "minmax(160px, 1.4fr)",
      cell: (record) => <span className={classes.name}>{record.name}</span>,
    };
    const party: Column<RecordLine> = {
      id: "party",
      header: <FormattedMessage id="records.party" />,
      width: "minmax(120px, 1fr)",
      from: "medium",
      cell: (record) => record.party,
    };
    const state: Column<RecordLine> = {
      id: "state",
      header: <FormattedMessage id="records.state" />,
      width: "116px",
      cell: (record) => <StateMark state={record.state} />,
    };
    const why: Column<RecordLine> = {
      id: "why",
      header: <FormattedMessage id="records.why" />,
      width: "minmax(120px, 1.4fr)",
      from: "medium",
      cell: (record) =>
        record.reason !== null && <span title={words.reason(record.reason)}>{words.cause(record.reason)}</span>,
    };
    const erp: Column<RecordLine> = {
      id: "erp",
      header: <FormattedMessage id="records.erp" />,
      width: "minmax(104px, 0.8fr)",
      cell: (record) => record.erp_number,
    };
    const amount: Column<RecordLine> = {
      id: "amount",
      header: <FormattedMessage id="records.amount" />,
      width: "minmax(136px, 0.8fr)",
      align: "end",
      cell: (record) => record.amount !== null && <Money amount={record.amount} />,
    };
    const happened: Column<RecordLine> = {
      id: "happened",
      header: <FormattedMessage id="records.happened" />,
      width: "128px",
      from: "wide",
      cell: (record) => record.happened !== null && <When at={record.happened} />,
    };
    const changed: Column<RecordLine> = {
      id: "changed",
      header: <FormattedMessage id="records.changed" />,
      width: "128px",
      from: "wide",
      cell: (record) => <When at={record.changed} />,
    };
    if (kind === "order") return [name, happened, party, state, why, erp, amount];
    if (OF_ORDERS.has(kind) || kind === "payout") return [name, happened, state, why, erp, amount];
    return [name, state, why, erp, changed];
  }, [kind, words]);
}
