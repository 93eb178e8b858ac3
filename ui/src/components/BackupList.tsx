import { Button } from "@mantine/core";
import { FormattedMessage, useIntl } from "react-intl";
import type { BackupView } from "../api/generated/BackupView";
import { formatCount } from "../i18n/format";
import classes from "./BackupList.module.css";
import { Copy } from "./Copy";
import { When } from "./When";

interface BackupListProps {
  label: string;
  backups: BackupView[];
  onRestore: (backup: BackupView) => void;
  disabled?: boolean;
}

/** The backups of a store: when and why each was made, where it is, and the way back to it. */
export function BackupList({ label, backups, onRestore, disabled = false }: BackupListProps) {
  const intl = useIntl();
  return (
    <ul className={classes.list} aria-label={label}>
      {backups.map((backup) => (
        <li key={backup.name} className={classes.item}>
          <div className={classes.grow}>
            <p className={classes.name}>
              <When at={backup.at} /> · <FormattedMessage id={`data.backups.${backup.kind}`} />
            </p>
            <p className={classes.quiet}>
              {backup.name} ({formatCount(intl.locale, backup.kilobytes)} kB)
              <Copy text={backup.path} what={backup.path} />
            </p>
          </div>
          <Button
            variant="default"
            aria-label={intl.formatMessage({ id: "data.restore.label" }, { name: backup.name })}
            disabled={disabled}
            onClick={() => onRestore(backup)}
          >
            <FormattedMessage id="data.restore.do" />
          </Button>
        </li>
      ))}
    </ul>
  );
}
