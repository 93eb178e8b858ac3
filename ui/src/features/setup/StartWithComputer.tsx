import { Switch } from "@mantine/core";
import { useId } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { useDesktop, usePutDesktop } from "../../api/queries";
import { Trouble } from "../../components/Trouble";
import classes from "./Setup.module.css";

/** Offered, never switched on unasked; only where this program can start with the computer. It holds at once. */
export function StartWithComputer() {
  const intl = useIntl();
  const { data: desktop } = useDesktop();
  const put = usePutDesktop();
  const why = useId();
  if (desktop?.autostart == null) return null;
  return (
    <div className={classes.computer}>
      <Switch
        label={intl.formatMessage({ id: "setup.start.computer" })}
        aria-describedby={why}
        checked={desktop.autostart}
        disabled={put.isPending}
        onChange={(event) => put.mutate({ autostart: event.currentTarget.checked })}
      />
      <p id={why} className={classes.computerWhy}>
        <FormattedMessage id="setup.start.computer.why" />
      </p>
      {put.error !== null && <Trouble error={put.error} />}
    </div>
  );
}
