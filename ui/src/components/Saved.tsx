import { FormattedMessage } from "react-intl";
import { Copy } from "./Copy";
import classes from "./Saved.module.css";

/** Where a file was saved; `null` where the browser knows. */
export function Saved({ path }: { path: string | null }) {
  return (
    <span className={classes.saved}>
      {path === null ? (
        <FormattedMessage id="file.saved.downloads" />
      ) : (
        <>
          <FormattedMessage id="file.saved" values={{ path }} /> <Copy text={path} what={path} />
        </>
      )}
    </span>
  );
}

/** The same on a line of its own under a row of buttons; nothing before a file was saved. */
export function SavedLine({ path }: { path: string | null | undefined }) {
  return (
    <span role="status" className={classes.line}>
      {path !== undefined && <Saved path={path} />}
    </span>
  );
}
