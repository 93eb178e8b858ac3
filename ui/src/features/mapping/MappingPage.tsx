import { Button, Skeleton, Tabs } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useCallback, useMemo, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { MappingTable } from "../../api/generated/MappingTable";
import { useMapping } from "../../api/queries";
import { href, replace, useRoute } from "../../app/router";
import { Empty } from "../../components/Empty";
import { FilterBox } from "../../components/FilterBox";
import { Page } from "../../components/Page";
import { Trouble } from "../../components/Trouble";
import { useWords } from "../../i18n/useWords";
import { SettingsMenu } from "../settings/SettingsMenu";
import { AddRow } from "./AddRow";
import { useCells } from "./cells";
import { type Row, useDraft } from "./draft";
import classes from "./MappingPage.module.css";
import { RowEditor } from "./RowEditor";
import { Rows } from "./Rows";
import { SaveBar } from "./SaveBar";

export function MappingPage() {
  const mapping = useMapping();
  const { path } = useRoute();
  const tables = mapping.data?.tables;
  const table = tables?.find((known) => known.name === path[1]) ?? tables?.[0];
  return (
    <Page
      fixed
      title={<FormattedMessage id="nav.mapping" />}
      lead={<FormattedMessage id="mapping.lead" />}
      actions={<SettingsMenu revision={mapping.data?.revision} />}
    >
      {mapping.error !== null && <Trouble error={mapping.error} onRetry={() => mapping.refetch()} />}
      {mapping.data === undefined && mapping.error === null && <Skeleton height={200} radius="sm" />}
      {mapping.data !== undefined && table !== undefined && (
        <Tables tables={mapping.data.tables} table={table} revision={mapping.data.revision} />
      )}
    </Page>
  );
}

interface TablesProps {
  tables: MappingTable[];
  table: MappingTable;
  revision: number;
}

function Tables({ tables, table, revision }: TablesProps) {
  const intl = useIntl();
  const words = useWords();
  const cells = useCells();
  const { search: query } = useRoute();
  const search = query.get("search") ?? "";
  const opened = query.get("row");
  const draft = useDraft(tables);
  const [adding, setAdding] = useState(false);

  const show = useCallback(
    (change: { search?: string; row?: string | undefined }) =>
      replace(href("mapping", table.name, { search, row: opened ?? undefined, ...change })),
    [table.name, search, opened],
  );
  const onSearch = useCallback((value: string) => show({ search: value }), [show]);

  const all = useMemo(() => draft.rows(table), [draft.rows, table]);
  const home = useMemo(() => usual(table), [table]);
  const shown = useMemo(() => {
    const wanted = search.trim().toLocaleLowerCase(intl.locale);
    if (wanted === "") return all;
    return all.filter((row) =>
      `${cells.title(table, row.key, home)} ${cells.values(table, row.values)} ${Object.values(row.key).join(" ")}`
        .toLocaleLowerCase(intl.locale)
        .includes(wanted),
    );
  }, [all, search, cells, table, home, intl.locale]);
  const row = all.find((known) => known.id === opened);
  const suggested = shown.filter((each) => each.suggestion !== null && Object.keys(each.values).length === 0);

  const take = useCallback(
    (rows: Row[]) =>
      draft.change(
        rows.flatMap(({ table, key, suggestion }) =>
          suggestion === null ? [] : [{ table, key, values: suggestion.values }],
        ),
      ),
    [draft.change],
  );

  return (
    <Tabs
      className={classes.tabs}
      value={table.name}
      keepMounted={false}
      onChange={(name) => name !== null && replace(href("mapping", name))}
    >
      <Tabs.List aria-label={intl.formatMessage({ id: "mapping.tables" })}>
        {tables.map((each) => {
          const waiting = each.rows.filter((one) => one.waiting > 0).length;
          return (
            <Tabs.Tab
              key={each.name}
              value={each.name}
              rightSection={waiting > 0 && <span className={classes.badge}>{waiting}</span>}
            >
              {words.find(`mapping.table.${each.name}`) ?? each.name}
            </Tabs.Tab>
          );
        })}
      </Tabs.List>
      <Tabs.Panel value={table.name} className={classes.panel}>
        <p className={classes.about}>{words.find(`mapping.about.${table.name}`)}</p>
        <div className={classes.tools}>
          <FilterBox label={intl.formatMessage({ id: "mapping.search" })} value={search} onChange={onSearch} />
          <span className={classes.space} />
          {suggested.length > 0 && (
            <Button variant="default" onClick={() => take(suggested)}>
              <FormattedMessage id="mapping.takeAll" values={{ count: suggested.length }} />
            </Button>
          )}
          {table.open && (
            <Button
              variant="default"
              leftSection={<IconPlus size={16} aria-hidden="true" />}
              onClick={() => setAdding(true)}
            >
              <FormattedMessage id="mapping.add" />
            </Button>
          )}
        </div>
        {shown.length === 0 ? (
          <Empty
            title={
              search === "" ? (
                <FormattedMessage id="mapping.rows.empty" />
              ) : (
                <FormattedMessage id="mapping.rows.none" values={{ search }} />
              )
            }
            action={
              search !== "" && (
                <Button variant="default" onClick={() => onSearch("")}>
                  <FormattedMessage id="records.showAll" />
                </Button>
              )
            }
          >
            {search === "" ? <FormattedMessage id="mapping.rows.empty.more" /> : undefined}
          </Empty>
        ) : (
          <Rows
            table={table}
            rows={shown}
            home={home}
            resetKey={`${table.name}/${search}`}
            onOpen={(id) => show({ row: id })}
            onTake={(one) => take([one])}
          />
        )}
        <SaveBar revision={revision} draft={draft} />
      </Tabs.Panel>
      {row !== undefined && (
        <RowEditor
          key={row.id}
          table={table}
          row={row}
          home={home}
          onChange={(values) => draft.change([{ table: table.name, key: row.key, values }])}
          onClose={() => show({ row: undefined })}
        />
      )}
      {adding && (
        <AddRow
          table={table}
          home={home}
          onClose={() => setAdding(false)}
          onAdd={(edit, id) => {
            setAdding(false);
            draft.change([edit]);
            show({ row: id });
          }}
        />
      )}
    </Tabs>
  );
}

/** The country that most rows' goods leave from: it is not worth a word in every line. */
function usual(table: MappingTable): string | undefined {
  const counts = new Map<string, number>();
  for (const { key } of table.rows) {
    if (key.dispatch !== undefined) counts.set(key.dispatch, (counts.get(key.dispatch) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0];
}
