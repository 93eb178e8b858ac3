import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { FormattedMessage } from "react-intl";
import type { RecordLine } from "../../api/generated/RecordLine";
import { useRunning } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { Trouble } from "../../components/Trouble";

/** Tries this one record again; the page follows by its events. */
export function RetryRecord({ record }: { record: RecordLine }) {
  const backend = useBackend();
  const running = useRunning();
  const retry = useMutation({
    mutationFn: () => backend.call("retry", { kind: "records", of: [{ kind: record.kind, id: record.id }] }),
  });
  return (
    <>
      <Button loading={retry.isPending} disabled={running} onClick={() => retry.mutate()}>
        <FormattedMessage id="fixes.retryOne" />
      </Button>
      {retry.error !== null && <Trouble error={retry.error} />}
    </>
  );
}
