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
