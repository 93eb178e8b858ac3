import type { ReactNode } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { PlanLine } from "../api/generated/PlanLine";
import { formatAmount, formatDecimal, isDecimal } from "../i18n/format";
import classes from "./DocumentLines.module.css";

/** One line of a document, and what became of it where the document is changed. */
export interface DocumentLine {
  line: PlanLine;
  /** `new`, `changed`, `gone` or `same`. */
  change?: string;
  /** The line as it was, and which of its fields are other ones now. */
  before?: PlanLine | null;
  fields?: readonly string[];
}

interface DocumentLinesProps {
  lines: DocumentLine[];
  /** The document's; none when it is not known. */
  currency: string | null;
  /** What says which rule made a line. */
  rule: (name: string) => ReactNode;
}

const HEADS = [
  { id: "plan.item", number: undefined, money: false },
  { id: "plan.description", number: undefined, money: false },
  { id: "plan.quantity", number: true, money: false },
  { id: "plan.price", number: true, money: true },
  { id: "plan.discount", number: true, money: true },
  { id: "plan.net", number: true, money: true },
  { id: "plan.vat", number: true, money: true },
  { id: "plan.rule", number: undefined, money: true },
] as const;
/** What only some lines have stands below the line's text: no column is empty. */
const DETAILS = ["account", "unit", "warehouse"] as const;
type Detail = (typeof DETAILS)[number];
const CHANGES = ["same", "new", "changed", "gone"] as const;

/** The lines of a document. What became of each is said where not all of them are new. */
export function DocumentLines({ lines, currency, rule }: DocumentLinesProps) {
  const intl = useIntl();
  const { locale } = intl;
  const number = (text: string) => formatDecimal(locale, text);
  const money = (text: string) =>
    text === "" ? "" : currency === null ? number(text) : formatAmount(locale, text, currency);
  // A shipment is units alone.
  const priced = lines.some(({ line, before }) => line.unit_price !== "" || (before?.unit_price ?? "") !== "");
  const changed = lines.some(({ change }) => change !== undefined && change !== "new");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className={classes.box} tabIndex={0}>
      <table className={classes.table}>
        <thead>
          <tr>
            {changed && (
              <th scope="col">
                <FormattedMessage id="preview.change" />
              </th>
            )}
            {HEADS.filter(({ money }) => priced || !money).map(({ id, number }) => (
              <th key={id} scope="col" data-number={number && ""}>
                <FormattedMessage id={id} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ line, change, before, fields }, index) => {
            const was = (field: Exclude<keyof PlanLine, Detail>, shown = (text: string) => text) =>
              before != null &&
              fields?.includes(field) && (
                <span className={classes.was}>
                  <FormattedMessage id="preview.was" values={{ value: shown(before[field]) }} />
                </span>
              );
            const detail = (field: Detail) => {
              const isOther = before != null && fields?.includes(field);
              if (line[field] === null && !isOther) return [];
              const unset = intl.formatMessage({ id: `plan.unset.${field}` });
              const told = intl.formatMessage({ id: `plan.detail.${field}` }, { value: line[field] ?? unset });
              if (!isOther) return [told];
              return [`${told}, ${intl.formatMessage({ id: "preview.was" }, { value: before[field] ?? unset })}`];
            };
            const details = DETAILS.flatMap(detail);
            const isOtherVat = before != null && fields?.includes("vat_category");
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts may repeat, and a document's lines have a fixed order
              <tr key={`${line.part}-${index}`} data-change={change}>
                {changed && (
                  <td>
                    <FormattedMessage id={`preview.change.${CHANGES.find((name) => name === change) ?? "same"}`} />
                  </td>
                )}
                <td className={classes.item}>
                  {line.item}
                  {was("item")}
                </td>
                <td className={classes.text}>
                  {line.description}
                  {was("description")}
                  {details.length > 0 && <span className={classes.was}>{details.join(" \u00b7 ")}</span>}
                </td>
                <td data-number="">
                  {number(line.quantity)}
                  {was("quantity", number)}
                </td>
                {priced && (
                  <>
                    <td data-number="">
                      {money(line.unit_price)}
                      {was("unit_price", money)}
                    </td>
                    <td data-number="">
                      {isZero(line.discount) ? "" : money(line.discount)}
                      {was("discount", money)}
                    </td>
                    <td data-number="">{money(line.net)}</td>
                    <td data-number="" title={line.vat_category}>
                      {line.vat_percent === "" ? line.vat_category : `${number(plain(line.vat_percent))}\u00a0%`}
                      {isOtherVat && line.vat_percent !== "" && (
                        <span className={classes.was}>{line.vat_category}</span>
                      )}
                      {was("vat_category")}
                    </td>
                    <td className={classes.rule}>{line.rule !== "" && rule(line.rule)}</td>
                  </>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function isZero(text: string): boolean {
  return text === "" || (isDecimal(text) && /^-?0*(\.0*)?$/.test(text));
}

/** A rate without zeros behind its decimals: `25.00` is 25. */
function plain(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
