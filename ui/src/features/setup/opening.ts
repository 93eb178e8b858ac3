/** Pages of others, opened in the browser; and what to say when no browser opens. */
import { useState } from "react";
import { useBackend } from "../../backend/context";

/** Where an application is registered. With its slash: the window may open what is below the host, compared by the letter. */
export const PORTAL = "https://oauth.developers.visma.com/";
export const DASHBOARD = "https://dev.shopify.com/dashboard";

/** Opens an address in the browser. `unopened` is the one that did not open: it is shown, to be copied. */
export function useOpen() {
  const backend = useBackend();
  const [unopened, setUnopened] = useState<string>();
  return {
    unopened,
    open: (address: string) => {
      setUnopened(undefined);
      backend.openExternal(address).catch(() => setUnopened(address));
    },
  };
}
