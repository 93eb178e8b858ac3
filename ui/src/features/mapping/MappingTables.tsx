import { Button, Tabs } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { MappingTable } from "../../api/generated/MappingTable";
import { Empty } from "../../components/Empty";
import { FilterBox } from "../../components/FilterBox";
import { useWords } from "../../i18n/useWords";
import { AddRow } from "./AddRow";
import { useCells, usual } from "./cells";
import { type MappingDraft, type Row, useDraft } from "./draft";
import classes from "./MappingPage.module.css";
import { RowEditor } from "./RowEditor";
import { Rows } from "./Rows";

interface MappingTablesProps {
  tables: MappingTable[];
  /** Of the settings that the tables are part of. */
  revision: number;
  /** What is suggested stands in the rows, as a proposal. */
  proposing?: boolean;
  /** The one that is shown. */
  table: MappingTable;
  search: string;
  /** Address of the row that is open. */
  opened: string | null;
  onTable: (name: string) => void;
  onShow: (shown: { search: string; row: string | undefined }) => void;
  /** Below the table: what becomes of the changes. */
  foot: (draft: MappingDraft) => ReactNode;
}

/** The tables of the mapping with their rows, for the page and for the wizard. */
export function MappingTables(props: MappingTablesProps) {
  const { tables, revision, proposing = false, table, search, opened, onTable, onShow, foot } = props;
  const intl = useIntl();
  const words = useWords();
  const cells = useCells();
  const draft = useDraft(tables, revision, proposing);
  const [adding, setAdding] = useState(false);
  // A row that somebody wanted to add, and that was there.
  const [met, setMet] = useState<string>();

  const show = useCallback(
    (change: { search?: string; row?: string | undefined }) => onShow({ search, row: opened ?? undefined, ...change }),
    [onShow, search, opened],
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
      onChange={(name) => name !== null && onTable(name)}
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
        {foot(draft)}
      </Tabs.Panel>
      {row !== undefined && (
        <RowEditor
          key={row.id}
          table={table}
          row={row}
          home={home}
          met={row.id === met}
          onChange={(values) => draft.change([{ table: table.name, key: row.key, values }])}
          onClose={() => {
            setMet(undefined);
            show({ row: undefined });
          }}
        />
      )}
      {adding && (
        <AddRow
          table={table}
          home={home}
          onClose={() => setAdding(false)}
          onAdd={(key, id) => {
            setAdding(false);
            // An empty row in the place of one that is there would take that one away.
            if (all.some((known) => known.id === id)) setMet(id);
            else draft.change([{ table: table.name, key, values: {} }]);
            show({ row: id });
          }}
        />
      )}
    </Tabs>
  );
}
