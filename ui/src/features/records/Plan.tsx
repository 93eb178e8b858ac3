import { Tooltip } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { FormattedMessage, useIntl } from "react-intl";
import type { PlanLine } from "../../api/generated/PlanLine";
import { formatAmount, formatDecimal, isDecimal } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import classes from "./Plan.module.css";

/** The document line by line; each line says on hover or focus which rule made it. */
export function Plan({
  lines,
  currency,
  booked,
}: {
  lines: PlanLine[];
  currency: string | undefined;
  booked: boolean;
}) {
  const { locale } = useIntl();
  const money = (text: string) =>
    currency === undefined ? formatDecimal(locale, text) : formatAmount(locale, text, currency);
  return (
    <section>
      <h2 className={classes.heading}>
        <FormattedMessage id={booked ? "plan.booked" : "plan.planned"} />
        {currency !== undefined && <span className={classes.currency}>{currency}</span>}
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className={classes.box} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">
                <FormattedMessage id="plan.item" />
              </th>
              <th scope="col">
                <FormattedMessage id="plan.description" />
              </th>
              <th scope="col" data-number="">
                <FormattedMessage id="plan.quantity" />
              </th>
              <th scope="col" data-number="">
                <FormattedMessage id="plan.price" />
              </th>
              <th scope="col" data-number="">
                <FormattedMessage id="plan.discount" />
              </th>
              <th scope="col" data-number="">
                <FormattedMessage id="plan.net" />
              </th>
              <th scope="col" data-number="">
                <FormattedMessage id="plan.vat" />
              </th>
              <th scope="col">
                <FormattedMessage id="plan.rule" />
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts may repeat, and a document's lines have a fixed order
              <tr key={`${line.part}-${index}`}>
                <td className={classes.item}>{line.item}</td>
                <td className={classes.description}>{line.description}</td>
                <td data-number="">{formatDecimal(locale, line.quantity)}</td>
                <td data-number="">{money(line.unit_price)}</td>
                <td data-number="">{isZero(line.discount) ? "" : money(line.discount)}</td>
                <td data-number="">{money(line.net)}</td>
                <td data-number="" title={line.vat_category}>
                  {line.vat_percent === "" ? "" : `${formatDecimal(locale, plain(line.vat_percent))}\u00a0%`}
                </td>
                <td className={classes.rule}>
                  <Rule name={line.rule} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Rule({ name }: { name: string }) {
  const intl = useIntl();
  const words = useWords();
  if (name === "") return null;
  const text = words.find(`rule.${name}`) ?? name;
  return (
    <Tooltip label={text} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={classes.why} aria-label={`${intl.formatMessage({ id: "plan.rule" })}: ${text}`}>
        <IconInfoCircle size={16} aria-hidden="true" />
      </button>
    </Tooltip>
  );
}

function isZero(text: string): boolean {
  return text === "" || (isDecimal(text) && /^-?0*(\.0*)?$/.test(text));
}

/** A rate without zeros behind its decimals: `25.00` is 25. */
function plain(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
