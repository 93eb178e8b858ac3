import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useContext } from "react";
import { FormattedMessage } from "react-intl";
import { href } from "../app/router";
import { Refusal } from "../backend/port";
import { OpenStep, sideOf } from "../features/setup/again";
import { useWords } from "../i18n/useWords";
import { Copy } from "./Copy";
import classes from "./Notice.module.css";

/** What went wrong, what to do, the way to where a lost connection is made again, and the code to copy. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const words = useWords();
  const refusal = Refusal.from(error);
  const remedy = words.remedy(refusal);
  const here = useContext(OpenStep);
  const side = sideOf(refusal);
  return (
    <div className={classes.notice} data-tone="needs" role="alert">
      <IconAlertTriangle size={20} aria-hidden="true" className={classes.icon} />
      <div className={classes.body}>
        <p className={classes.text}>{words.reason(refusal)}</p>
        {remedy !== undefined && <p className={classes.more}>{remedy}</p>}
        <p className={classes.code}>
          {refusal.code} <Copy text={refusal.code} what={refusal.code} />
        </p>
      </div>
      {side !== undefined && side !== here && (
        <Button component="a" href={href("setup", side)} variant="default">
          <FormattedMessage id="setup.open" />
        </Button>
      )}
      {onRetry !== undefined && (
        <Button variant="default" onClick={onRetry}>
          <FormattedMessage id="trouble.again" />
        </Button>
      )}
    </div>
  );
}
