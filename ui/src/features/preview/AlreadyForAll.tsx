import { Button, Select } from "@mantine/core";
import { useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { AlreadyCount } from "../../api/generated/AlreadyCount";
import type { AlreadyForAll as Choice } from "../../api/generated/AlreadyForAll";
import { formatCount } from "../../i18n/format";
import classes from "./Preview.module.css";

/** What is unclear is linked by nobody but a person, one by one. */
const FATES = {
  named: ["link", "skip", "create", "ask"],
  likely: ["link", "skip", "create", "ask"],
  unclear: ["skip", "create", "ask"],
} as const;

interface AlreadyForAllProps {
  counts: AlreadyCount[];
  busy: boolean;
  onChoose: (choice: Choice) => void;
}

/** One choice for all orders of a kind that nobody has decided on; for how many stands on the button. */
export function AlreadyForAll({ counts, busy, onChoose }: AlreadyForAllProps) {
  const intl = useIntl();
  const [wanted, setWanted] = useState<AlreadyCount["fit"] | null>(null);
  const [fate, setFate] = useState<Choice["fate"]>("skip");
  const of = counts.find((count) => count.fit === wanted) ?? counts.find((count) => count.open > 0) ?? counts.at(0);
  if (of === undefined) return null;
  const fates: readonly Choice["fate"][] = FATES[of.fit];
  const what = fates.includes(fate) ? fate : "skip";
  const count = what === "ask" ? of.decided : of.open;
  return (
    <fieldset className={classes.forAll}>
      <legend className={classes.quiet}>
        <FormattedMessage id="already.all" />
      </legend>
      <Select
        label={intl.formatMessage({ id: "already.all.which" })}
        w={250}
        allowDeselect={false}
        value={of.fit}
        onChange={(value) => setWanted(counts.find((one) => one.fit === value)?.fit ?? null)}
        data={counts.map((one) => ({
          value: one.fit,
          label: `${intl.formatMessage({ id: `already.fit.${one.fit}` })} (${formatCount(intl.locale, one.open)})`,
        }))}
      />
      <Select
        label={intl.formatMessage({ id: "already.all.what" })}
        w={270}
        allowDeselect={false}
        value={what}
        onChange={(value) => setFate(fates.find((one) => one === value) ?? "skip")}
        data={fates.map((value) => ({ value, label: intl.formatMessage({ id: `already.choose.${value}` }) }))}
      />
      <Button
        variant="default"
        disabled={busy || count === 0}
        onClick={() => onChoose({ fit: of.fit, fate: what, count })}
      >
        <FormattedMessage id="already.all.apply" values={{ count, shown: formatCount(intl.locale, count) }} />
      </Button>
      <span className={classes.forAllWords}>
        <FormattedMessage id="already.all.more" />
      </span>
    </fieldset>
  );
}
