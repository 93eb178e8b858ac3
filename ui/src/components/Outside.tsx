/** Pages outside the program open in the user's browser. One that cannot be opened is said, with its address to copy. */
import { Modal } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { useBackend } from "../backend/context";
import { Copy } from "./Copy";
import classes from "./Outside.module.css";
import { Trouble } from "./Trouble";

const OpenOutside = createContext<((url: string) => void) | null>(null);

/** Opens a page in the user's browser. */
export function useOutside(): (url: string) => void {
  const open = useContext(OpenOutside);
  if (open === null) throw new Error("nothing around this component opens pages outside");
  return open;
}

export function Outside({ children }: { children: ReactNode }) {
  const intl = useIntl();
  const backend = useBackend();
  const [refused, setRefused] = useState<{ url: string; error: unknown }>();
  const open = useCallback(
    (url: string) => {
      backend.openExternal(url).catch((error: unknown) => setRefused({ url, error }));
    },
    [backend],
  );
  return (
    <OpenOutside value={open}>
      {children}
      {refused !== undefined && (
        <Modal
          opened
          onClose={() => setRefused(undefined)}
          title={<FormattedMessage id="outside.title" />}
          closeButtonProps={{ "aria-label": intl.formatMessage({ id: "close" }) }}
        >
          <Trouble error={refused.error} />
          <p className={classes.address}>
            <code>{refused.url}</code>
            <Copy text={refused.url} what={refused.url} />
          </p>
        </Modal>
      )}
    </OpenOutside>
  );
}
