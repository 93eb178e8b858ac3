/** What the log shows, as a file: for a spreadsheet, or to send to somebody. */
import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { FormattedMessage, useIntl } from "react-intl";
import type { ActivityPage } from "../../api/generated/ActivityPage";
import type { ActivityRow } from "../../api/generated/ActivityRow";
import { useInfo } from "../../api/queries";
import { useBackend } from "../../backend/context";
import type { Backend } from "../../backend/port";
import { csv } from "../../components/csv";
import { binaryFile, textFile } from "../../components/files";
import { SavedLine } from "../../components/Saved";
import { Trouble } from "../../components/Trouble";
import { formatMoment } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import type { Wanted } from "./useActivity";

/** So many lines are in one file; the newest ones. */
const MOST = 100_000;
const PIECE = 500;
const EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export function ExportActivity({ wanted, disabled }: { wanted: Wanted; disabled: boolean }) {
  const intl = useIntl();
  const words = useWords();
  const backend = useBackend();
  const { data: info } = useInfo();
  const save = useMutation({
    mutationFn: async (format: "csv" | "xlsx") => {
      const zone = info?.time_zone ?? "UTC";
      const rows = (await allRows(backend, wanted)).map((row) => [
        formatMoment(intl.locale, zone, row.at, "day-second"),
        row.name ?? "",
        words.event(row),
        row.event,
        row.at,
      ]);
      const head = [
        intl.formatMessage({ id: "activity.at" }),
        intl.formatMessage({ id: "activity.record" }),
        intl.formatMessage({ id: "activity.what" }),
        intl.formatMessage({ id: "activity.event" }),
        "ISO 8601",
      ];
      const name = `brygga-activity-${(info?.now ?? "").slice(0, 10)}`;
      if (format === "csv") {
        return backend.saveFile(`${name}.csv`, textFile(csv(intl.locale, [head, ...rows]), "text/csv"));
      }
      const sheet = intl.formatMessage({ id: "nav.activity" });
      const file = await backend.call("spreadsheet", { name: sheet, head, rows });
      return backend.saveFile(`${name}.xlsx`, binaryFile(file.base64, EXCEL));
    },
  });
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button
            variant="default"
            disabled={disabled}
            loading={save.isPending}
            leftSection={<IconDownload size={16} aria-hidden="true" />}
          >
            <FormattedMessage id="activity.export" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => save.mutate("csv")}>
            <FormattedMessage id="activity.export.csv" />
          </Menu.Item>
          <Menu.Item onClick={() => save.mutate("xlsx")}>
            <FormattedMessage id="activity.export.xlsx" />
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <SavedLine path={save.data} />
      {save.error !== null && <Trouble error={save.error} />}
    </>
  );
}

async function allRows(backend: Backend, { search, kind, serious }: Wanted): Promise<ActivityRow[]> {
  const rows: ActivityRow[] = [];
  let before: number | null = null;
  while (rows.length < MOST) {
    const page: ActivityPage = await backend.call("activity", {
      search: search === "" ? null : search,
      kind,
      serious,
      before,
      limit: PIECE,
    });
    rows.push(...page.rows);
    before = page.rows.at(-1)?.id ?? null;
    if (!page.more || before === null) break;
  }
  return rows;
}
