import { Button, Skeleton } from "@mantine/core";
import { IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { MappingTable } from "../../api/generated/MappingTable";
import type { MappingView } from "../../api/generated/MappingView";
import { keys, useMapping, useOverview, useRereadSettings, useSyncStop } from "../../api/queries";
import { useDrafts, useRefused } from "../../app/drafts";
import { useBackend } from "../../backend/context";
import { Notice } from "../../components/Notice";
import { RunWords } from "../../components/SyncControl";
import { Trouble } from "../../components/Trouble";
import { formatCount } from "../../i18n/format";
import type { MappingDraft, Sent } from "../mapping/draft";
import { MappingTables } from "../mapping/MappingTables";
import { Heading } from "./Halves";
import classes from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { Testing } from "./Testing";

/** The mapping, as both sides propose it; what is missing comes first. */
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
  const proposed = read.data?.proposing
    ? rows.filter((row) => Object.keys(row.values).length === 0 && row.suggestion !== null).length
    : 0;
  // What was changed here and is not saved is not what would be checked.
  const unsaved = useDrafts().kept.mapping.unsaved > 0;
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
          <Reading />
          <Skeleton height={240} radius="sm" />
        </>
      )}
      {read.data !== undefined && !read.isPending && mapping.data !== undefined && (
        <>
          {/* Where there is no order, nothing is shown to be complete. */}
          <Notice tone={read.data.held > 0 ? "waiting" : read.data.read > 0 ? "proven" : "quiet"}>
            <p className={classes.foundText} role="status">
              <FormattedMessage
                id="setup.mapping.read"
                values={{
                  count: read.data.read,
                  shown: shown(read.data.read),
                  rows: filled + proposed,
                  filled: shown(filled + proposed),
                }}
              />{" "}
              {proposed > 0 && (
                <>
                  <FormattedMessage
                    id="setup.mapping.proposed"
                    values={{ count: proposed, shown: shown(proposed) }}
                  />{" "}
                </>
              )}
              {(read.data.read > 0 || read.data.held > 0) && (
                <FormattedMessage
                  id="setup.mapping.held"
                  values={{ count: read.data.held, shown: shown(read.data.held) }}
                />
              )}
            </p>
            {!unsaved && (
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconRefresh size={16} aria-hidden="true" />}
                onClick={() => read.mutate()}
              >
                <FormattedMessage id="setup.mapping.again" />
              </Button>
            )}
          </Notice>
          <Tables view={mapping.data} proposing={read.data.proposing} foot={foot} onSaved={onNext} going={going} />
        </>
      )}
      {(read.data === undefined || read.isPending || mapping.data === undefined) && foot(null)}
    </>
  );
}

/** How far it is: a shop with many orders takes minutes, and nobody has to wait for them here. */
function Reading() {
  const overview = useOverview();
  const stop = useSyncStop();
  const run = overview.data?.run ?? null;
  return (
    <div className={classes.reading}>
      {run === null ? <Testing what="Shopify" /> : <RunWords run={run} />}
      <Button
        variant="default"
        leftSection={<IconPlayerStop size={16} aria-hidden="true" />}
        loading={stop.isPending}
        onClick={() => stop.mutate()}
      >
        <FormattedMessage id="sync.stop" />
      </Button>
    </div>
  );
}

interface TablesProps {
  view: MappingView;
  proposing: boolean;
  foot: StepProps["foot"];
  onSaved: () => void;
  going: boolean;
}

function Tables({ view, proposing, foot, onSaved, going }: TablesProps) {
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
        proposing={proposing}
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

interface SaveFootProps extends Omit<TablesProps, "view" | "proposing"> {
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
  const something = draft.edits.length + draft.proposals > 0;
  const goOn = () => {
    if (!something) onSaved();
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
            <FormattedMessage id={something ? "setup.saveNext" : "setup.next"} />
          </Button>
        </>,
      )}
    </>
  );
}
