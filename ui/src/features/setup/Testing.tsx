import { Loader } from "@mantine/core";
import { FormattedMessage } from "react-intl";
import classes from "./Setup.module.css";

/** What is waited for. */
export function Testing({ what }: { what: string }) {
  return (
    <p className={classes.testing} role="status">
      <Loader size={16} aria-hidden="true" />
      <FormattedMessage id="setup.testing" values={{ what }} />
    </p>
  );
}
