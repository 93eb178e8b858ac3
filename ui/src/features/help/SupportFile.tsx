import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { FormattedMessage } from "react-intl";
import { useBackend } from "../../backend/context";
import { download } from "../../components/download";
import { Trouble } from "../../components/Trouble";
import classes from "./SupportFile.module.css";

/** Makes the file for whoever helps, and says what is in it. */
export function SupportFile() {
  const backend = useBackend();
  const make = useMutation({
    mutationFn: () => backend.call("support_file", {}),
    onSuccess: ({ name, text }) => download(name, text, "application/json"),
  });
  return (
    <>
      <div className={classes.row}>
        <p className={classes.about}>
          <FormattedMessage id="support.about" />
        </p>
        <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
          <FormattedMessage id="support.make" />
        </Button>
      </div>
      <p role="status" className={classes.about}>
        {make.data !== undefined && <FormattedMessage id="support.made" values={{ name: make.data.name }} />}
      </p>
      {make.error !== null && <Trouble error={make.error} />}
    </>
  );
}
