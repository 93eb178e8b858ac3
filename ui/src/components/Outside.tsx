/** Pages outside the program open in the user's browser. One that cannot be opened is said, with its address to copy. */
import { createContext, type ReactNode, useContext } from "react";
import { FormattedMessage } from "react-intl";
import { Copy } from "./Copy";
import { Dialog } from "./Dialog";
import classes from "./Outside.module.css";
import { Trouble } from "./Trouble";
import { useOpen } from "./useOpen";

const OpenOutside = createContext<((url: string) => void) | null>(null);

/** Opens a page in the user's browser. */
export function useOutside(): (url: string) => void {
  const open = useContext(OpenOutside);
  if (open === null) throw new Error("nothing around this component opens pages outside");
  return open;
}

export function Outside({ children }: { children: ReactNode }) {
  const { unopened, open, forget } = useOpen();
  return (
    <OpenOutside value={open}>
      {children}
      {unopened !== undefined && (
        <Dialog onClose={forget} title={<FormattedMessage id="outside.title" />}>
          <Trouble error={unopened.error} />
          <p className={classes.address}>
            <code>{unopened.url}</code>
            <Copy text={unopened.url} what={unopened.url} />
          </p>
        </Dialog>
      )}
    </OpenOutside>
  );
}
