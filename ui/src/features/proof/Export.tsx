/** The whole proof as a file for a spreadsheet. */
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { FormattedMessage, useIntl } from "react-intl";
import type { ProofResult } from "../../api/generated/ProofResult";
import { useInfo } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { csv } from "../../components/csv";
import { textFile } from "../../components/files";
import { SavedLine } from "../../components/Saved";
import { Trouble } from "../../components/Trouble";
import { useWords } from "../../i18n/useWords";
import { proofRows } from "./file";

export function Export({ proof }: { proof: ProofResult }) {
  const intl = useIntl();
  const words = useWords();
  const { data: info } = useInfo();
  const backend = useBackend();
  const save = useMutation({
    mutationFn: () => {
      const content = csv(intl.locale, proofRows(proof, info, intl, words));
      return backend.saveFile(`brygga-proof-${proof.at.slice(0, 10)}.csv`, textFile(content, "text/csv"));
    },
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden="true" />}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        <FormattedMessage id="proof.export" />
      </Button>
      <SavedLine path={save.data} />
      {save.error !== null && <Trouble error={save.error} />}
    </>
  );
}
