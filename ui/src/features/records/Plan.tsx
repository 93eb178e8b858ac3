import { Tooltip } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { FormattedMessage, useIntl } from "react-intl";
import type { PlanLine } from "../../api/generated/PlanLine";
import { DocumentLines } from "../../components/DocumentLines";
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
  return (
    <section>
      <h2 className={classes.heading}>
        <FormattedMessage id={booked ? "plan.booked" : "plan.planned"} />
        {currency !== undefined && <span className={classes.currency}>{currency}</span>}
      </h2>
      <DocumentLines
        lines={lines.map((line) => ({ line }))}
        currency={currency ?? null}
        rule={(name) => <Rule name={name} />}
      />
    </section>
  );
}

function Rule({ name }: { name: string }) {
  const intl = useIntl();
  const words = useWords();
  const text = words.find(`rule.${name}`) ?? name;
  return (
    <Tooltip label={text} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={classes.why} aria-label={`${intl.formatMessage({ id: "plan.rule" })}: ${text}`}>
        <IconInfoCircle size={16} aria-hidden="true" />
      </button>
    </Tooltip>
  );
}
