import { Button } from "@mantine/core";
import { IconAlertTriangle, IconBulb, IconPencil } from "@tabler/icons-react";
import { useMemo } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { MappingTable } from "../../api/generated/MappingTable";
import { type Column, Grid } from "../../components/Grid";
import { formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { useCells } from "./cells";
import type { Row } from "./draft";
import classes from "./MappingPage.module.css";

interface RowsProps {
  table: MappingTable;
  rows: Row[];
  home: string | undefined;
  resetKey: string;
  onOpen: (id: string) => void;
  onTake: (row: Row) => void;
}

/** Tables of what Visma.net has nothing of: their columns are named for what stands in them. */
const OWN = new Set(["triggers", "buffers", "rates"]);

/** The rows of one table: what of the shop, what in Visma.net, how many records wait. */
export function Rows({ table, rows, home, resetKey, onOpen, onTake }: RowsProps) {
  const intl = useIntl();
  const words = useWords();
  const cells = useCells();
  // Stock goes the other way: a row is of one of Visma.net's warehouses.
  const fromErp = table.keys.some((column) => column.name === "warehouse");
  const own = OWN.has(table.name);
  const [key, ...keys] = table.keys;
  const about =
    key !== undefined && keys.length === 0 ? cells.column(key.name) : words.find(`mapping.table.${table.name}`);
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: "what",
        header: own ? about : <FormattedMessage id={fromErp ? "mapping.choice" : "mapping.what"} />,
        width: "minmax(220px, 1.5fr)",
        cell: (row) => (
          <span className={classes.what} title={cells.title(table, row.key, home)}>
            {cells.title(table, row.key, home)}
          </span>
        ),
      },
      {
        id: "choice",
        header: own ? (
          cells.column(table.columns[0]?.name ?? "")
        ) : (
          <FormattedMessage id={fromErp ? "mapping.what" : "mapping.choice"} />
        ),
        width: "minmax(180px, 1.1fr)",
        cell: (row) => {
          const chosen = cells.values(table, row.values);
          if (chosen !== "" && row.proposed) {
            const why = words.find(
              `mapping.evidence.${row.suggestion?.evidence.code}`,
              row.suggestion?.evidence.params,
            );
            return (
              <span title={`${chosen} \u00b7 ${why ?? ""}`}>
                {chosen} <span className="quiet">{why}</span>
              </span>
            );
          }
          if (chosen !== "") return <span title={chosen}>{chosen}</span>;
          if (row.suggestion === null || row.changed)
            return (
              <span className={classes.none}>
                {row.changed && !row.added
                  ? intl.formatMessage({ id: "mapping.cleared" })
                  : (words.find(`mapping.unmapped.${table.name}`) ?? intl.formatMessage({ id: "mapping.unmapped" }))}
              </span>
            );
          return (
            <span className={classes.suggested}>
              <span className={classes.suggestedText}>
                <FormattedMessage
                  id="mapping.suggested"
                  values={{ choice: cells.values(table, row.suggestion.values) }}
                />
              </span>
              <Button
                size="compact-xs"
                variant="light"
                aria-label={intl.formatMessage(
                  { id: "mapping.take.label" },
                  { row: cells.title(table, row.key, home) },
                )}
                onClick={(event) => {
                  event.stopPropagation();
                  onTake(row);
                }}
              >
                <FormattedMessage id="mapping.take" />
              </Button>
            </span>
          );
        },
      },
      {
        id: "state",
        header: <FormattedMessage id="mapping.waits" />,
        width: "minmax(130px, 160px)",
        cell: (row) => {
          if (row.changed)
            return (
              <span className={classes.state} data-tone="changed">
                <IconPencil size={16} aria-hidden="true" />
                <FormattedMessage id="mapping.changed" />
              </span>
            );
          if (row.proposed)
            return (
              <span className={classes.state} data-tone="proposed">
                <IconBulb size={16} aria-hidden="true" />
                <FormattedMessage id="mapping.proposed" />
              </span>
            );
          if (row.waiting > 0)
            return (
              <span className={classes.state} data-tone="needs">
                <IconAlertTriangle size={16} aria-hidden="true" />
                <FormattedMessage
                  id="mapping.waits.count"
                  values={{ count: row.waiting, shown: formatCount(intl.locale, row.waiting) }}
                />
              </span>
            );
          if (row.trouble !== null)
            return (
              <span className={classes.state} data-tone="needs" title={words.reason(row.trouble)}>
                <IconAlertTriangle size={16} aria-hidden="true" />
                {words.cause(row.trouble)}
              </span>
            );
          return null;
        },
      },
    ],
    [table, fromErp, own, about, home, cells, words, intl, onTake],
  );
  return (
    <Grid
      label={words.find(`mapping.table.${table.name}`) ?? table.name}
      columns={columns}
      count={rows.length}
      total={rows.length}
      row={(index) => rows[index]}
      rowKey={(row) => row.id}
      onOpen={(row) => onOpen(row.id)}
      resetKey={resetKey}
    />
  );
}
