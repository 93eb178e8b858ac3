import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { FormattedMessage } from "react-intl";
import { useBackend } from "../../backend/context";
import { textFile } from "../../components/files";
import { Saved } from "../../components/Saved";
import { Trouble } from "../../components/Trouble";
import classes from "./SupportFile.module.css";

/** Makes the file for whoever helps, and says what is in it. */
export function SupportFile() {
  const backend = useBackend();
  const make = useMutation({
    mutationFn: async () => {
      const { name, text } = await backend.call("support_file", {});
      return backend.saveFile(name, textFile(text, "application/json"));
    },
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
        {make.data !== undefined && (
          <>
            <Saved path={make.data} /> <FormattedMessage id="support.made" />
          </>
        )}
      </p>
      {make.error !== null && <Trouble error={make.error} />}
    </>
  );
}
