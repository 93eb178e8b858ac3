import { Anchor, Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FormattedMessage } from "react-intl";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { Notice } from "../../components/Notice";
import { Trouble } from "../../components/Trouble";

interface ForgetGrantProps {
  grant: "application" | "person";
}

/** Stops using one of the two ways into the company: one that is dead or leads into another company would stand in the other's way. */
export function ForgetGrant({ grant }: ForgetGrantProps) {
  const backend = useBackend();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const forget = useMutation({
    mutationFn: () => backend.call("setup_forget", { grant }),
    onSuccess: (after) => {
      setAsked(false);
      client.setQueryData(keys.setup, after);
      client.invalidateQueries({ queryKey: keys.overview });
    },
  });
  return (
    <>
      {asked ? (
        <Notice
          tone="waiting"
          actions={
            <>
              <Button variant="default" onClick={() => setAsked(false)}>
                <FormattedMessage id="settings.cancel" />
              </Button>
              <Button loading={forget.isPending} onClick={() => forget.mutate()}>
                <FormattedMessage id="setup.forget.do" />
              </Button>
            </>
          }
        >
          <FormattedMessage id={`setup.forget.${grant}`} />
        </Notice>
      ) : (
        <div>
          <Anchor component="button" type="button" size="sm" onClick={() => setAsked(true)}>
            <FormattedMessage id="setup.forget" />
          </Anchor>
        </div>
      )}
      {forget.error !== null && <Trouble error={forget.error} />}
    </>
  );
}
