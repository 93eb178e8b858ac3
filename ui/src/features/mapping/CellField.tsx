import { Select, TextInput } from "@mantine/core";
import { useIntl } from "react-intl";
import type { MappingColumn } from "../../api/generated/MappingColumn";
import { useCells } from "./cells";

interface CellFieldProps {
  column: MappingColumn;
  value: string;
  onChange: (value: string) => void;
  autoFocus?: boolean;
}

/** One cell: chosen from what Visma.net has, with search, or typed where anything may stand. */
export function CellField({ column, value, onChange, autoFocus = false }: CellFieldProps) {
  const intl = useIntl();
  const cells = useCells();
  const label = cells.column(column.name);
  if (column.choices.length === 0)
    return (
      <TextInput
        label={label}
        // Without a list nobody can choose from it, and a slip of the pen is found by no one.
        description={column.name === "account" ? intl.formatMessage({ id: "mapping.account.typed" }) : undefined}
        type={column.name === "since" ? "date" : "text"}
        required={!column.optional}
        value={value}
        data-autofocus={autoFocus || undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  const known = column.choices.some((choice) => choice.id === value);
  return (
    <Select
      label={label}
      required={!column.optional}
      searchable
      openOnFocus={false}
      clearable={column.optional}
      allowDeselect={column.optional}
      placeholder={intl.formatMessage({ id: "mapping.choose" })}
      nothingFoundMessage={intl.formatMessage({ id: "mapping.none" })}
      maxDropdownHeight={260}
      data-autofocus={autoFocus || undefined}
      value={value === "" ? null : value}
      onChange={(chosen) => onChange(chosen ?? "")}
      // What is not there any more is still what is chosen.
      data={[
        ...(value !== "" && !known ? [{ value, label: cells.cell(column.name, value) }] : []),
        ...column.choices.map((choice) => ({ value: choice.id, label: cells.choice(column, choice.id) })),
      ]}
    />
  );
}
