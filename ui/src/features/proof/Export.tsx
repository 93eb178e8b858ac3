/** The whole proof as a file for a spreadsheet. */
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { FormattedMessage, useIntl } from "react-intl";
import type { ProofResult } from "../../api/generated/ProofResult";
import { useInfo } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { csv, csvNumber } from "../../components/csv";
import { textFile } from "../../components/files";
import { SavedLine } from "../../components/Saved";
import { Trouble } from "../../components/Trouble";
import { useWords } from "../../i18n/useWords";
import { accountName, className } from "./account";

export function Export({ proof }: { proof: ProofResult }) {
  const intl = useIntl();
  const words = useWords();
  const { data: info } = useInfo();
  const backend = useBackend();
  const save = useMutation({
    mutationFn: () => {
      const number = (text: string) => csvNumber(intl.locale, text);
      const head = ["proof.order", "proof.document", "proof.what"] as const;
      const title = [
        [info?.company ?? "", info?.shop ?? "", proof.at],
        [intl.formatMessage({ id: "proof.checked" }), String(proof.checked)],
        [intl.formatMessage({ id: "proof.difference" }), String(proof.differences.length)],
        ...proof.explained.map((each) => [className(words, each.class), String(each.count)]),
        [],
        [...head.map((id) => intl.formatMessage({ id })), "Shopify", "Visma.net"],
      ];
      const rows = proof.differences.map((row) => [
        row.order,
        row.document ?? "",
        className(words, row.what),
        number(row.shopify),
        number(row.visma),
      ]);
      const days = proof.days.map((row) => [
        row.date,
        accountName(words, intl.locale, row),
        row.gateway ?? "",
        row.currency,
        number(row.shopify),
        number(row.visma),
        number(row.difference),
      ]);
      const dayHead = [
        intl.formatMessage({ id: "overview.day" }),
        intl.formatMessage({ id: "proof.account" }),
        intl.formatMessage({ id: "mapping.column.gateway" }),
        intl.formatMessage({ id: "mapping.column.currency" }),
        "Shopify",
        "Visma.net",
        intl.formatMessage({ id: "proof.days.difference" }),
      ];
      const stock = proof.stock.map((row) => [
        row.location,
        String(row.items),
        number(row.shopify),
        number(row.visma),
        row.differing.join(", "),
      ]);
      const stockHead = [
        intl.formatMessage({ id: "proof.stock.location" }),
        intl.formatMessage({ id: "proof.stock.items" }),
        "Shopify",
        "Visma.net",
        intl.formatMessage({ id: "proof.stock.differing" }),
      ];
      const dated = proof.dated.map((row) => [row.order, row.document ?? "", "", row.shopify, row.visma]);
      const datedHead = [intl.formatMessage({ id: "proof.dated" })];
      const content = csv(intl.locale, [
        ...title,
        ...rows,
        [],
        dayHead,
        ...days,
        [],
        stockHead,
        ...stock,
        [],
        datedHead,
        ...dated,
      ]);
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
