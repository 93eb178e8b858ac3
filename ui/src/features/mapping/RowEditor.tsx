import { Button } from "@mantine/core";
import { IconAlertTriangle, IconBulb } from "@tabler/icons-react";
import { FormattedMessage, useIntl } from "react-intl";
import type { MappingTable } from "../../api/generated/MappingTable";
import { href, Link } from "../../app/router";
import { SideDialog } from "../../components/Dialog";
import { Notice } from "../../components/Notice";
import { formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { CellField } from "./CellField";
import { useCells } from "./cells";
import { type Cells, filled, type Row, sameCells } from "./draft";
import classes from "./MappingPage.module.css";

interface RowEditorProps {
  table: MappingTable;
  row: Row;
  home: string | undefined;
  /** Somebody wanted to add it, and it was there. */
  met?: boolean;
  onChange: (values: Cells) => void;
  onClose: () => void;
}

/** One row: what waits for it, what could be chosen and why, and the choice. Nothing is kept before it is saved. */
export function RowEditor({ table, row, home, met = false, onChange, onClose }: RowEditorProps) {
  const intl = useIntl();
  const words = useWords();
  const cells = useCells();
  const { suggestion, trouble } = row;
  // Money that the bank import brings needs no accounts.
  const left = row.values.rule === "leave";
  // What stands for products has the account that its item has.
  const alone = table.name === "items" && row.key.for === "default_item";
  const columns = table.columns.filter(({ name }) => (!left || name === "rule") && (!alone || name !== "account"));
  const put = (name: string, value: string) => {
    const values = filled({ ...row.values, [name]: value });
    onChange(values.rule === "leave" ? { rule: "leave" } : values);
  };
  return (
    <SideDialog onClose={onClose} size={420} title={cells.title(table, row.key, home)}>
      <form
        className={classes.fields}
        // A row may be left half chosen, or cleared: it is told when it is saved.
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
        }}
      >
        {met && (
          <Notice tone="quiet">
            <FormattedMessage id="mapping.there" />
          </Notice>
        )}
        {row.waiting > 0 && (
          <div>
            <p className={classes.waits}>
              <IconAlertTriangle size={18} aria-hidden="true" />
              <FormattedMessage
                id="mapping.waits.count"
                values={{ count: row.waiting, shown: formatCount(intl.locale, row.waiting) }}
              />
            </p>
            <ul className={classes.records} aria-label={intl.formatMessage({ id: "mapping.records" })}>
              {row.records.map((record) => (
                <li key={`${record.kind}/${record.id}`}>
                  <Link to={href("records", record.kind, record.id)}>{record.name}</Link>
                </li>
              ))}
            </ul>
          </div>
        )}
        {trouble !== null && !row.changed && <Notice tone="needs">{words.reason(trouble)}</Notice>}
        {suggestion !== null && (
          <div className={classes.evidence}>
            <IconBulb size={20} aria-hidden="true" />
            <div className={classes.evidenceWords}>
              <p>
                <FormattedMessage id="mapping.suggested" values={{ choice: cells.values(table, suggestion.values) }} />
              </p>
              {row.proposed && (
                <p>
                  <FormattedMessage id="mapping.proposed.more" />
                </p>
              )}
              <p className="quiet">
                {words.find(`mapping.evidence.${suggestion.evidence.code}`, suggestion.evidence.params)}
              </p>
            </div>
            {!sameCells(suggestion.values, row.values) && (
              <Button size="compact-md" variant="light" onClick={() => onChange(filled(suggestion.values))}>
                <FormattedMessage id="mapping.take" />
              </Button>
            )}
          </div>
        )}
        {columns.map((column, index) => (
          <CellField
            key={column.name}
            column={column}
            value={row.values[column.name] ?? ""}
            autoFocus={index === 0}
            onChange={(value) => put(column.name, value)}
          />
        ))}
        <div className={classes.actions}>
          {Object.keys(row.values).length > 0 && (
            <Button variant="subtle" color="gray" className={classes.apart ?? ""} onClick={() => onChange({})}>
              <FormattedMessage id="mapping.clear" />
            </Button>
          )}
          <Button type="submit">
            <FormattedMessage id="mapping.done" />
          </Button>
        </div>
      </form>
    </SideDialog>
  );
}
