/** Opens a page in the user's browser, and keeps which one did not open: its address is shown then, to be copied. */
import { useCallback, useState } from "react";
import { useBackend } from "../backend/context";

export function useOpen() {
  const backend = useBackend();
  const [unopened, setUnopened] = useState<{ url: string; error: unknown }>();
  const open = useCallback(
    (url: string) => {
      setUnopened(undefined);
      backend.openExternal(url).catch((error: unknown) => setUnopened({ url, error }));
    },
    [backend],
  );
  const forget = useCallback(() => setUnopened(undefined), []);
  return { unopened, open, forget };
}
