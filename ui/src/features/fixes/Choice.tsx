import { IconBulb, IconCheck } from "@tabler/icons-react";
import { useId } from "react";
import { FormattedMessage } from "react-intl";
import type { FixChoice } from "../../api/generated/FixChoice";
import type { FoundCustomer } from "../../api/generated/FoundCustomer";
import type { MappingEdit } from "../../api/generated/MappingEdit";
import type { MappingTable } from "../../api/generated/MappingTable";
import type { RemedyChoice } from "../../api/generated/RemedyChoice";
import type { RemedyField } from "../../api/generated/RemedyField";
import type { SettingValue } from "../../api/generated/SettingValue";
import type { WhichCustomer } from "../../api/generated/WhichCustomer";
import { useMapping } from "../../api/queries";
import { useWords } from "../../i18n/useWords";
import { CellField } from "../mapping/CellField";
import { useCells, usual } from "../mapping/cells";
import { type Cells, filled } from "../mapping/draft";
import { FieldControl } from "../settings/FieldControl";
import { useFieldWords } from "../settings/words";
import classes from "./FixPanel.module.css";

interface ChoiceProps {
  of: RemedyChoice;
  chosen: FixChoice | undefined;
  onChange: (chosen: FixChoice) => void;
}

/** The choice that a cause waits for, made where the cause is shown. */
export function Choice({ of, chosen, onChange }: ChoiceProps) {
  switch (of.kind) {
    case "rows":
      return <Rows table={of.of} chosen={chosen?.kind === "rows" ? chosen.of : []} onChange={onChange} />;
    case "settings":
      return <Settings fields={of.of} chosen={chosen?.kind === "settings" ? chosen.of : {}} onChange={onChange} />;
    case "customers":
      return (
        <Customers which={of.of} chosen={chosen?.kind === "customer" ? chosen.of : undefined} onChange={onChange} />
      );
    case "approve":
      return (
        <p className={classes.lead}>
          <FormattedMessage id="fixes.choice.approve" values={{ count: of.of }} />
        </p>
      );
    case "elsewhere":
      return (
        <p className={classes.lead}>
          <FormattedMessage id="fixes.choice.elsewhere" />
        </p>
      );
  }
}

interface RowsProps {
  table: MappingTable;
  chosen: MappingEdit[];
  onChange: (chosen: FixChoice) => void;
}

function Rows({ table, chosen, onChange }: RowsProps) {
  const words = useWords();
  const cells = useCells();
  // The rows of a cause alone do not tell what is usual.
  const whole = useMapping().data?.tables.find(({ name }) => name === table.name);
  const home = usual(whole ?? table);
  const put = (index: number, given: Cells) => {
    const values = given.rule === "leave" ? { rule: "leave" } : given;
    onChange({
      kind: "rows",
      of: table.rows.map((row, at) => ({
        table: table.name,
        key: row.key,
        values: at === index ? values : (chosen[at]?.values ?? row.values),
      })),
    });
  };
  return (
    <>
      <p className={classes.lead}>
        <FormattedMessage id="fixes.choice.rows" />
      </p>
      {table.rows.map((row, index) => {
        const values = filled(chosen[index]?.values ?? {});
        const columns = table.columns.filter((column) => values.rule !== "leave" || column.name === "rule");
        return (
          <fieldset key={row.id} className={classes.row}>
            <legend className={classes.legend}>{cells.title(table, filled(row.key), home)}</legend>
            {row.suggestion !== null && (
              <p className={classes.evidence}>
                <IconBulb size={18} aria-hidden="true" />
                <span>
                  <FormattedMessage
                    id="mapping.suggested"
                    values={{ choice: cells.values(table, filled(row.suggestion.values)) }}
                  />
                  {" \u00b7 "}
                  {words.find(`mapping.evidence.${row.suggestion.evidence.code}`, row.suggestion.evidence.params)}
                </span>
              </p>
            )}
            <div className={classes.cells}>
              {columns.map((column) => (
                <CellField
                  key={column.name}
                  column={column}
                  value={values[column.name] ?? ""}
                  onChange={(value) => put(index, filled({ ...values, [column.name]: value }))}
                />
              ))}
            </div>
          </fieldset>
        );
      })}
    </>
  );
}

interface SettingsProps {
  fields: RemedyField[];
  chosen: Partial<Record<string, SettingValue>>;
  onChange: (chosen: FixChoice) => void;
}

function Settings({ fields, chosen, onChange }: SettingsProps) {
  const words = useFieldWords();
  const of = (path: string) => chosen[path] ?? null;
  const put = (path: string, value: SettingValue) => {
    const all = fields.map(({ field }) => [field.path, field.path === path ? value : of(field.path)]);
    onChange({ kind: "settings", of: Object.fromEntries(all) });
  };
  const here = new Set(fields.map(({ field }) => field.path));
  return (
    <>
      <p className={classes.lead}>
        <FormattedMessage id="fixes.choice.rows" />
      </p>
      {fields
        .filter(({ field: { when } }) => when === null || !here.has(when.path) || of(when.path) === when.is)
        .map(({ field }) => (
          <div key={field.path} className={classes.setting}>
            <span>{words.name(field.path)}</span>
            <FieldControl
              field={field}
              label={words.name(field.path)}
              value={of(field.path)}
              onChange={(value) => put(field.path, value)}
            />
          </div>
        ))}
    </>
  );
}

interface CustomersProps {
  which: WhichCustomer;
  chosen: string | undefined;
  onChange: (chosen: FixChoice) => void;
}

function Customers({ which, chosen, onChange }: CustomersProps) {
  const name = useId();
  return (
    <fieldset className={classes.row}>
      <legend className={classes.legend}>
        <FormattedMessage id="fixes.choice.customers" />
      </legend>
      <div className={classes.side}>
        <div className={classes.person}>
          <p className={classes.who}>
            <FormattedMessage id="fixes.buyer" />
          </p>
          <Person of={which.buyer} />
        </div>
        {which.customers.map((customer) => {
          const number = customer.number ?? "";
          return (
            <label key={number} className={classes.person} data-chosen={chosen === number || undefined}>
              <span className={classes.who}>
                <input
                  type="radio"
                  name={name}
                  value={number}
                  checked={chosen === number}
                  onChange={() => onChange({ kind: "customer", of: number })}
                />
                <FormattedMessage id="fixes.customer" values={{ number }} />
              </span>
              <Person of={customer} beside={which.buyer} />
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

const FACTS = ["name", "email", "registration", "currency", "class", "status"] as const;

/** What is known of a customer; what is as the buyer has it has a tick. */
function Person({ of, beside }: { of: FoundCustomer; beside?: FoundCustomer }) {
  return (
    <dl className={classes.facts}>
      {FACTS.filter((fact) => of[fact] !== null).map((fact) => (
        <div key={fact}>
          <dt>
            <FormattedMessage id={`fixes.field.${fact}`} />
          </dt>
          <dd>
            {of[fact]}
            {beside?.[fact] != null && same(beside[fact], of[fact]) && (
              <IconCheck size={14} aria-hidden="true" className={classes.same} />
            )}
          </dd>
        </div>
      ))}
      {of.ours && (
        <div>
          <dt className="visually-hidden">
            <FormattedMessage id="fixes.field.status" />
          </dt>
          <dd>
            <FormattedMessage id="fixes.customer.ours" />
          </dd>
        </div>
      )}
    </dl>
  );
}

function same(one: string | null, other: string | null): boolean {
  return one?.trim().toLowerCase() === other?.trim().toLowerCase();
}
