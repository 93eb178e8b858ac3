/** What the log shows, as a file: for a spreadsheet, or to send to somebody. */
import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { FormattedMessage, useIntl } from "react-intl";
import type { ActivityPage } from "../../api/generated/ActivityPage";
import type { ActivityQuery } from "../../api/generated/ActivityQuery";
import type { ActivityRow } from "../../api/generated/ActivityRow";
import { useInfo, useNow } from "../../api/queries";
import { useBackend } from "../../backend/context";
import type { Backend } from "../../backend/port";
import { csv } from "../../components/csv";
import { binaryFile, textFile } from "../../components/files";
import { Notice } from "../../components/Notice";
import { SavedLine } from "../../components/Saved";
import { Trouble } from "../../components/Trouble";
import { formatCount, formatMoment } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import classes from "./ActivityPage.module.css";
import { asked, inOrder, type Wanted } from "./useActivity";

/** So many lines are in one file, the newest ones: what is left out is said, on the page and in the file. */
const MOST = 100_000;
const PIECE = 500;
const EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

export function ExportActivity({ wanted, disabled }: { wanted: Wanted; disabled: boolean }) {
  const intl = useIntl();
  const words = useWords();
  const backend = useBackend();
  const { data: info } = useInfo();
  const now = useNow();
  const save = useMutation({
    mutationFn: async (format: "csv" | "xlsx") => {
      const zone = info?.time_zone ?? "UTC";
      const { rows: lines, older } = await newestRows(backend, wanted);
      const rows = lines.map((row) => [
        formatMoment(intl.locale, zone, row.at, "day-second"),
        row.name ?? "",
        words.event(row),
        row.event,
        row.at,
      ]);
      const shown = (count: number) => formatCount(intl.locale, count);
      const cut =
        older === 0
          ? null
          : intl.formatMessage(
              { id: "activity.export.cut" },
              { shown: shown(lines.length), total: shown(lines.length + older) },
            );
      // Whoever has the file alone must not take it for all.
      if (cut !== null) rows.push([cut, "", "", "", ""]);
      const head = [
        intl.formatMessage({ id: "activity.at" }),
        intl.formatMessage({ id: "activity.record" }),
        intl.formatMessage({ id: "activity.what" }),
        intl.formatMessage({ id: "activity.event" }),
        "ISO 8601",
      ];
      const name = `brygga-activity-${(now ?? "").slice(0, 10)}`;
      if (format === "csv") {
        const path = await backend.saveFile(`${name}.csv`, textFile(csv(intl.locale, [head, ...rows]), "text/csv"));
        return { path, cut };
      }
      const sheet = intl.formatMessage({ id: "nav.activity" });
      const file = await backend.call("spreadsheet", { name: sheet, head, rows });
      return { path: await backend.saveFile(`${name}.xlsx`, binaryFile(file.base64, EXCEL)), cut };
    },
  });
  return (
    <>
      <Menu withInitialFocusPlaceholder={false}>
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
      <SavedLine path={save.data?.path} />
      <div role="status" className={classes.cut}>
        {save.data?.cut != null && (
          <Notice tone="waiting">
            {save.data.cut} <FormattedMessage id="activity.export.cut.more" />
          </Notice>
        )}
      </div>
      {save.error !== null && <Trouble error={save.error} />}
    </>
  );
}

/** The newest lines, and how many older ones there are beside them. */
async function newestRows(backend: Backend, wanted: Wanted): Promise<{ rows: ActivityRow[]; older: number }> {
  const pages: ActivityPage[] = [];
  let read = 0;
  let query: ActivityQuery = { ...asked(wanted), before: null, limit: PIECE };
  for (;;) {
    const page: ActivityPage = await backend.call("activity", query);
    pages.push(page);
    read += page.rows.length;
    if (page.older === null) return { rows: inOrder(pages, wanted.search), older: 0 };
    query = { ...query, before: page.older };
    if (read >= MOST) {
      const { count } = await backend.call("activity_count", query);
      return { rows: inOrder(pages, wanted.search), older: count };
    }
  }
}
