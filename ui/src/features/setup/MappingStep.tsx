import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { MappingTable } from "../../api/generated/MappingTable";
import type { MappingView } from "../../api/generated/MappingView";
import { keys, useMapping, useRereadSettings } from "../../api/queries";
import { useRefused } from "../../app/drafts";
import { useBackend } from "../../backend/context";
import { Notice } from "../../components/Notice";
import { Trouble } from "../../components/Trouble";
import { formatCount } from "../../i18n/format";
import type { MappingDraft, Sent } from "../mapping/draft";
import { MappingTables } from "../mapping/MappingTables";
import { Heading } from "./Halves";
import classes from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { Testing } from "./Testing";

/** The mapping, filled from both sides; what is missing comes first. */
export function MappingStep({ foot, onNext, going }: StepProps) {
  const intl = useIntl();
  const backend = useBackend();
  const client = useQueryClient();
  const reread = useRereadSettings();
  const read = useMutation({
    mutationFn: () => backend.call("setup_read", {}),
    onSuccess: async () => {
      await Promise.all([reread(), client.invalidateQueries({ queryKey: keys.records })]);
    },
  });
  const mapping = useMapping();
  const { mutate } = read;
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    mutate();
  }, [mutate]);

  const shown = (count: number) => formatCount(intl.locale, count);
  const rows = mapping.data?.tables.flatMap((table) => table.rows) ?? [];
  const filled = rows.filter((row) => Object.keys(row.values).length > 0).length;
  return (
    <>
      <Heading
        title={<FormattedMessage id="setup.mapping.title" />}
        lead={<FormattedMessage id="setup.mapping.lead" />}
      />
      {read.error !== null && !read.isPending && <Trouble error={read.error} onRetry={() => read.mutate()} />}
      {read.error === null && mapping.error !== null && (
        <Trouble error={mapping.error} onRetry={() => mapping.refetch()} />
      )}
      {(read.isPending || read.isIdle) && (
        <>
          <Testing what="Shopify" />
          <Skeleton height={240} radius="sm" />
        </>
      )}
      {read.data !== undefined && mapping.data !== undefined && (
        <>
          {/* Where there is no order, nothing is shown to be complete. */}
          <Notice tone={read.data.held > 0 ? "waiting" : read.data.read > 0 ? "proven" : "quiet"}>
            <p className={classes.foundText} role="status">
              <FormattedMessage
                id="setup.mapping.read"
                values={{
                  count: read.data.read,
                  shown: shown(read.data.read),
                  rows: filled,
                  filled: shown(filled),
                }}
              />{" "}
              {(read.data.read > 0 || read.data.held > 0) && (
                <FormattedMessage
                  id="setup.mapping.held"
                  values={{ count: read.data.held, shown: shown(read.data.held) }}
                />
              )}
            </p>
          </Notice>
          <Tables view={mapping.data} foot={foot} onSaved={onNext} going={going} />
        </>
      )}
      {(read.data === undefined || mapping.data === undefined) && foot(null)}
    </>
  );
}

interface TablesProps {
  view: MappingView;
  foot: StepProps["foot"];
  onSaved: () => void;
  going: boolean;
}

function Tables({ view, foot, onSaved, going }: TablesProps) {
  const [name, setName] = useState<string>();
  const [shown, setShown] = useState<{ search: string; row: string | undefined }>({ search: "", row: undefined });
  const first = view.tables.find(isOpen) ?? view.tables[0];
  const table = view.tables.find((each) => each.name === name) ?? first;
  if (table === undefined) return foot(null);
  return (
    <div className={classes.mapping}>
      <MappingTables
        tables={view.tables}
        revision={view.revision}
        table={table}
        search={shown.search}
        opened={shown.row ?? null}
        onTable={(to) => {
          setName(to);
          setShown({ search: "", row: undefined });
        }}
        onShow={(to) => {
          setName(table.name);
          setShown(to);
        }}
        foot={(draft) => <SaveFoot draft={draft} foot={foot} onSaved={onSaved} going={going} />}
      />
    </div>
  );
}

/** Something of it waits, or is not chosen. */
function isOpen(table: MappingTable): boolean {
  return table.rows.some((row) => row.waiting > 0);
}

interface SaveFootProps extends Omit<TablesProps, "view"> {
  draft: MappingDraft;
}

function SaveFoot({ draft, foot, onSaved, going }: SaveFootProps) {
  const backend = useBackend();
  const client = useQueryClient();
  const reread = useRereadSettings();
  const refused = useRefused("mapping");
  const save = useMutation({
    mutationFn: (sent: Sent) => backend.call("put_mapping", { revision: sent.revision, rows: sent.edits }),
    onSuccess: async (after, sent) => {
      client.setQueryData(keys.mapping, after);
      await reread();
      draft.saved(sent, after.revision);
    },
    onError: refused,
  });
  const goOn = () => {
    if (draft.edits.length === 0) onSaved();
    else save.mutate(draft.send(), { onSuccess: onSaved });
  };
  return (
    <>
      {save.error !== null && <Trouble error={save.error} />}
      {foot(
        <>
          {draft.edits.length > 0 && (
            <span className={classes.changes} role="status">
              <FormattedMessage id="mapping.changes" values={{ count: draft.edits.length }} />
            </span>
          )}
          <Button loading={draft.saving || going} onClick={goOn}>
            <FormattedMessage id={draft.edits.length > 0 ? "setup.saveNext" : "setup.next"} />
          </Button>
        </>,
      )}
    </>
  );
}
