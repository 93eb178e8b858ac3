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
  { id: "plan.item", number: undefined },
  { id: "plan.description", number: undefined },
  { id: "plan.quantity", number: true },
  { id: "plan.price", number: true },
  { id: "plan.discount", number: true },
  { id: "plan.net", number: true },
  { id: "plan.vat", number: true },
  { id: "plan.rule", number: undefined },
] as const;
const CHANGES = ["same", "new", "changed", "gone"] as const;

/** The lines of a document. What became of each is said where not all of them are new. */
export function DocumentLines({ lines, currency, rule }: DocumentLinesProps) {
  const { locale } = useIntl();
  const number = (text: string) => formatDecimal(locale, text);
  const money = (text: string) => (currency === null ? number(text) : formatAmount(locale, text, currency));
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
            {HEADS.map(({ id, number }) => (
              <th key={id} scope="col" data-number={number && ""}>
                <FormattedMessage id={id} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ line, change, before, fields }, index) => {
            const was = (field: keyof PlanLine, shown = (text: string) => text) =>
              before != null &&
              fields?.includes(field) && (
                <span className={classes.was}>
                  <FormattedMessage id="preview.was" values={{ value: shown(before[field]) }} />
                </span>
              );
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
                </td>
                <td data-number="">
                  {number(line.quantity)}
                  {was("quantity", number)}
                </td>
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
                  {was("vat_category")}
                </td>
                <td className={classes.rule}>{line.rule !== "" && rule(line.rule)}</td>
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
