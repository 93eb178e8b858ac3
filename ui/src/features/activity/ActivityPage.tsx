import { Button, Select, Switch, TextInput } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";
import { useCallback, useMemo } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { ActivityRow } from "../../api/generated/ActivityRow";
import { go, href, replace, useRoute } from "../../app/router";
import { Empty } from "../../components/Empty";
import { FilterBox } from "../../components/FilterBox";
import { type Column, Grid } from "../../components/Grid";
import { LevelIcon } from "../../components/LevelIcon";
import { Page } from "../../components/Page";
import { SyncControl } from "../../components/SyncControl";
import { Trouble } from "../../components/Trouble";
import { When } from "../../components/When";
import { useWords } from "../../i18n/useWords";
import { KINDS } from "../records/kinds";
import classes from "./ActivityPage.module.css";
import { ExportActivity } from "./ExportActivity";
import { useActivity } from "./useActivity";

export function ActivityPage() {
  const intl = useIntl();
  const words = useWords();
  const { search: query } = useRoute();
  const search = query.get("search") ?? "";
  const kind = KINDS.find((one) => one === query.get("kind")) ?? null;
  const serious = query.get("only") === "serious";
  const from = query.get("from");
  const to = query.get("to");
  const wanted = useMemo(() => ({ search, kind, serious, from, to }), [search, kind, serious, from, to]);
  const log = useActivity(wanted);
  const { rows, readMore, setAtTop } = log;

  const show = useCallback(
    (change: Record<string, string | undefined>) =>
      replace(
        href("activity", {
          search,
          kind: kind ?? undefined,
          only: serious ? "serious" : undefined,
          from: from ?? undefined,
          to: to ?? undefined,
          ...change,
        }),
      ),
    [search, kind, serious, from, to],
  );
  const onSearch = useCallback((value: string) => show({ search: value }), [show]);
  const filtered = search !== "" || kind !== null || serious || from !== null || to !== null;
  const onSight = useCallback(
    (_first: number, last: number) => {
      if (last >= rows.length - 30) readMore();
    },
    [rows.length, readMore],
  );
  const open = useCallback((row: ActivityRow) => {
    if (row.kind !== null && row.id_of_record !== null) go(href("records", row.kind, row.id_of_record));
  }, []);

  const columns = useMemo<Column<ActivityRow>[]>(
    () => [
      {
        id: "at",
        header: <FormattedMessage id="activity.at" />,
        width: "168px",
        cell: (row) => <When at={row.at} style="day-second" />,
      },
      {
        id: "record",
        header: <FormattedMessage id="activity.record" />,
        width: "minmax(110px, 200px)",
        cell: (row) =>
          row.name !== null && (
            <span className={row.id_of_record === null ? undefined : classes.record}>{row.name}</span>
          ),
        from: "medium",
      },
      {
        id: "what",
        header: <FormattedMessage id="activity.what" />,
        width: "minmax(240px, 1fr)",
        cell: (row) => {
          const text = words.event(row);
          return (
            <span className={classes.what} title={text}>
              <LevelIcon level={row.level} />
              <span className={classes.text}>{text}</span>
            </span>
          );
        },
      },
    ],
    [words],
  );

  return (
    <Page
      fixed
      title={<FormattedMessage id="nav.activity" />}
      lead={<FormattedMessage id="activity.lead" />}
      actions={<SyncControl />}
    >
      <div className={classes.tools}>
        <FilterBox label={intl.formatMessage({ id: "activity.search" })} value={search} onChange={onSearch} />
        <Select
          aria-label={intl.formatMessage({ id: "records.kind" })}
          w={170}
          clearable
          placeholder={intl.formatMessage({ id: "activity.kind.all" })}
          value={kind}
          onChange={(value) => show({ kind: value ?? undefined })}
          data={KINDS.map((value) => ({ value, label: intl.formatMessage({ id: `records.kind.${value}` }) }))}
        />
        <Switch
          label={intl.formatMessage({ id: "activity.serious" })}
          checked={serious}
          onChange={(event) => show({ only: event.currentTarget.checked ? "serious" : undefined })}
        />
        {(["from", "to"] as const).map((end) => (
          <TextInput
            key={end}
            type="date"
            w={150}
            aria-label={intl.formatMessage({ id: `activity.${end}` })}
            title={intl.formatMessage({ id: `activity.${end}` })}
            value={wanted[end] ?? ""}
            onChange={(event) => show({ [end]: event.currentTarget.value || undefined })}
          />
        ))}
        <ExportActivity wanted={wanted} disabled={rows.length === 0} />
        {log.newer > 0 && (
          <Button variant="light" leftSection={<IconArrowUp size={16} aria-hidden="true" />} onClick={log.showNewer}>
            <FormattedMessage id="activity.newer" values={{ count: log.newer }} />
          </Button>
        )}
      </div>
      {log.lookedTo !== null && !log.loading && (
        <div className={classes.looked} role="status">
          <span>
            <FormattedMessage
              id={rows.length === 0 ? "activity.none.yet" : "activity.looked"}
              values={{ search, at: <When at={log.lookedTo} /> }}
            />
          </span>
          <Button variant="default" size="compact-sm" loading={log.looking} onClick={log.lookFurther}>
            <FormattedMessage id="activity.further" />
          </Button>
        </div>
      )}
      {log.error !== null && <Trouble error={log.error} onRetry={log.readAgain} />}
      {log.error === null && rows.length === 0 && !log.loading ? (
        !filtered ? (
          <Empty title={<FormattedMessage id="activity.empty" />}>
            <FormattedMessage id="activity.empty.more" />
          </Empty>
        ) : (
          <Empty
            title={
              search === "" ? (
                <FormattedMessage id="activity.none.filter" />
              ) : log.lookedTo !== null ? (
                <FormattedMessage id="activity.none.so_far" />
              ) : (
                <FormattedMessage id="activity.none" values={{ search }} />
              )
            }
            action={
              <Button
                variant="default"
                onClick={() =>
                  show({ search: undefined, kind: undefined, only: undefined, from: undefined, to: undefined })
                }
              >
                <FormattedMessage id="filter.clear" />
              </Button>
            }
          />
        )
      ) : (
        <Grid
          label={intl.formatMessage({ id: "nav.activity" })}
          columns={columns}
          count={rows.length}
          {...(log.more ? {} : { total: rows.length })}
          row={(index) => rows[index]}
          rowKey={(row) => row.id}
          onOpen={open}
          onSight={onSight}
          onTop={setAtTop}
          resetKey={`${search}/${kind}/${serious}/${from}/${to}/${log.shown}`}
        />
      )}
    </Page>
  );
}
