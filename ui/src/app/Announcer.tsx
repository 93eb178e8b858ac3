import { useEffect, useState } from "react";
import { useIntl } from "react-intl";
import { useLive } from "./live";

/** Tells screen readers that a sync ended, whatever page is open. */
export function Announcer() {
  const intl = useIntl();
  const live = useLive();
  const [said, setSaid] = useState("");

  useEffect(
    () =>
      live.onFinished((run) => {
        setSaid(
          run.failure === null
            ? intl.formatMessage({ id: "sync.ended" }, { read: run.read, written: run.written })
            : intl.formatMessage({ id: "sync.failed" }),
        );
      }),
    [live, intl],
  );
  return (
    <div className="visually-hidden" role="status">
      {said}
    </div>
  );
}
