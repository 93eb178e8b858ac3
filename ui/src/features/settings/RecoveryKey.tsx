import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { FormattedMessage, useIntl } from "react-intl";
import { useBackend } from "../../backend/context";
import { Copy } from "../../components/Copy";
import { Trouble } from "../../components/Trouble";
import data from "./DataSection.module.css";

/** The key to write down. It is asked for when somebody wants to see it, and kept nowhere on the page. */
export function RecoveryKey() {
  const intl = useIntl();
  const backend = useBackend();
  // No query: what was read by one stays in its cache.
  const show = useMutation({ mutationFn: () => backend.call("recovery_key", {}), gcTime: 0 });
  const key = show.data?.key;
  return (
    <div className={data.part}>
      <h3 className={data.head}>
        <FormattedMessage id="data.key" />
      </h3>
      <div className={data.search}>
        <p className={`${data.quiet} ${data.grow}`}>
          <FormattedMessage id="data.key.about" /> <FormattedMessage id="data.key.careful" />
        </p>
        {typeof key === "string" ? (
          <Button variant="default" onClick={() => show.reset()}>
            <FormattedMessage id="data.key.hide" />
          </Button>
        ) : (
          <Button variant="default" loading={show.isPending} onClick={() => show.mutate()}>
            <FormattedMessage id="data.key.show" />
          </Button>
        )}
      </div>
      <div role="status">
        {typeof key === "string" && (
          <p className={data.key}>
            {key} <Copy text={key} what={intl.formatMessage({ id: "data.key" })} />
          </p>
        )}
        {key === null && (
          <p className={data.quiet}>
            <FormattedMessage id="data.key.none" />
          </p>
        )}
      </div>
      {show.error !== null && <Trouble error={show.error} />}
    </div>
  );
}
