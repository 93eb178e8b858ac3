import { Button } from "@mantine/core";
import { useState } from "react";
import { FormattedMessage } from "react-intl";
import type { MappingTable } from "../../api/generated/MappingTable";
import { Dialog } from "../../components/Dialog";
import { CellField } from "./CellField";
import { type Cells, filled } from "./draft";
import classes from "./MappingPage.module.css";
import { rowId } from "./place";

interface AddRowProps {
  table: MappingTable;
  home: string | undefined;
  /** What the row is about, as the program writes it, and the row's address. */
  onAdd: (key: Cells, id: string) => void;
  onClose: () => void;
}

const COUNTRIES = new Set(["destination", "dispatch", "country"]);

/** As the program writes it, so that a row that is there already is found: 25.0 is 25, and a blank at the end is nothing. */
function written(key: Cells): Cells {
  const text = Object.fromEntries(Object.entries(key).map(([name, value]) => [name, value.trim()]));
  const rate = text.rate?.match(/^0*(\d+)(?:\.(\d*?)0*)?$/);
  if (rate !== undefined && rate !== null) text.rate = rate[2] ? `${rate[1]}.${rate[2]}` : (rate[1] ?? "");
  return filled(text);
}

/** A row that no order has asked for yet. */
export function AddRow({ table, home, onAdd, onClose }: AddRowProps) {
  const [key, setKey] = useState<Cells>(home === undefined ? {} : { dispatch: home });
  const empty = (name: string) => (key[name] ?? "").trim() === "";
  const lacks =
    table.keys.every((column) => empty(column.name)) ||
    table.keys.some((column) => !column.optional && empty(column.name));
  return (
    <Dialog onClose={onClose} title={<FormattedMessage id="mapping.add" />}>
      <form
        className={classes.fields}
        onSubmit={(event) => {
          event.preventDefault();
          const whole = written(key);
          onAdd(whole, rowId(whole));
        }}
      >
        {table.keys.map((column, index) => (
          <CellField
            key={column.name}
            column={column}
            value={key[column.name] ?? ""}
            autoFocus={index === 0}
            onChange={(value) =>
              setKey({
                ...key,
                [column.name]: COUNTRIES.has(column.name)
                  ? value.toUpperCase()
                  : column.name === "rate"
                    ? value.replace(",", ".")
                    : value,
              })
            }
          />
        ))}
        <div className={classes.actions}>
          <Button type="submit" disabled={lacks}>
            <FormattedMessage id="mapping.add" />
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
