import { Button } from "@mantine/core";
import { IconSchool } from "@tabler/icons-react";
import { FormattedMessage } from "react-intl";
import { Copy } from "../../components/Copy";
import classes from "./Setup.module.css";

interface PracticeHintProps {
  rows: { label: string; text: string }[];
  onFill: () => void;
}

/** On the practice pair: what a person would have copied from the other place. */
export function PracticeHint({ rows, onFill }: PracticeHintProps) {
  return (
    <aside className={classes.hint}>
      <p className={classes.hintTitle}>
        <IconSchool size={18} aria-hidden="true" />
        <FormattedMessage id="setup.practice" />
      </p>
      <dl className={classes.hintRows}>
        {rows.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <code className={classes.hintCode}>{text}</code>
              <Copy text={text} what={label} />
            </dd>
          </div>
        ))}
      </dl>
      <Button variant="default" size="compact-md" onClick={onFill}>
        <FormattedMessage id="setup.practice.fill" />
      </Button>
    </aside>
  );
}
