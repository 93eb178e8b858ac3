import { Button, CloseButton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { MappingPreview } from "../../api/generated/MappingPreview";
import type { SettingsGoneBack } from "../../api/generated/SettingsGoneBack";
import { keys, useRereadSettings, useRunning } from "../../api/queries";
import { useDrafts, useRefused } from "../../app/drafts";
import { useBackend } from "../../backend/context";
import { GoneBack } from "../../components/GoneBack";
import { Notice } from "../../components/Notice";
import { Trouble } from "../../components/Trouble";
import { formatCount } from "../../i18n/format";
import { useRetry } from "../fixes/useRetry";
import type { MappingDraft, Sent } from "./draft";
import classes from "./MappingPage.module.css";
import { Preview } from "./Preview";

interface SaveBarProps {
  draft: MappingDraft;
}

/** Under the table: how much is changed, what it would do, and, once saved, the records that can be booked now. */
export function SaveBar({ draft }: SaveBarProps) {
  const intl = useIntl();
  const backend = useBackend();
  const client = useQueryClient();
  const reread = useRereadSettings();
  const refused = useRefused("mapping");
  const { drafts } = useDrafts();
  const { retry, tried, result, forget, error: retryError } = useRetry();
  const [saved, setSaved] = useState<{ revision: number; pass: MappingPreview }>();
  const [undone, setUndone] = useState<SettingsGoneBack>();
  const running = useRunning();
  // While it is looked, the button has no focus.
  const review = useRef<HTMLButtonElement>(null);
  const shown = (count: number) => formatCount(intl.locale, count);

  const preview = useMutation({
    mutationFn: () => backend.call("mapping_preview", { revision: draft.revision, rows: draft.edits }),
    onError: refused,
  });
  const save = useMutation({
    mutationFn: ({ sent }: { sent: Sent; pass: MappingPreview }) =>
      backend.call("put_mapping", { revision: sent.revision, rows: sent.edits }),
    onSuccess: async (after, { sent, pass }) => {
      client.setQueryData(keys.mapping, after);
      preview.reset();
      forget();
      setUndone(undefined);
      await reread();
      draft.saved(sent, after.revision);
      setSaved({ revision: after.revision, pass });
    },
    onError: refused,
  });
  const back = useMutation({
    mutationFn: (made: number) => backend.call("settings_back", { revision: made, before: made }),
    onSuccess: async (after, made) => {
      drafts.moved({ from: made, to: after.revision });
      setSaved(undefined);
      setUndone(after);
      forget();
      await reread();
    },
  });

  const count = draft.edits.length;
  // What was refused is told where it was sent from; also when that is closed.
  const trouble = back.error ?? retryError ?? (preview.data === undefined ? (save.error ?? preview.error) : null);
  return (
    <>
      <div className={classes.after} role="status">
        {undone !== undefined && count === 0 && (
          <Notice
            tone={undone.made > 0 || undone.running ? "waiting" : "quiet"}
            actions={<Close onClick={() => setUndone(undefined)} />}
          >
            <GoneBack back={undone} />
          </Notice>
        )}
        {result !== undefined && (
          <Notice tone={result.left === 0 ? "proven" : "waiting"} actions={<Close onClick={forget} />}>
            <p className={classes.afterWords}>
              <FormattedMessage id="fixes.result" values={{ booked: shown(result.booked), left: shown(result.left) }} />
            </p>
            {result.other > 0 && (
              <p className={classes.afterWords}>
                <FormattedMessage id="fixes.result.other" values={{ count: result.other }} />
              </p>
            )}
          </Notice>
        )}
        {saved !== undefined && count === 0 && result === undefined && (
          <Notice
            tone="proven"
            actions={
              <>
                {saved.pass.pass > 0 && (
                  <Button
                    disabled={running && tried === undefined}
                    loading={tried !== undefined}
                    onClick={() => retry("mapping", { kind: "attempt", of: saved.pass.attempt })}
                  >
                    <FormattedMessage
                      id="mapping.saved.retry"
                      values={{ count: saved.pass.pass, shown: shown(saved.pass.pass) }}
                    />
                  </Button>
                )}
                {tried === undefined && (
                  <Button variant="default" loading={back.isPending} onClick={() => back.mutate(saved.revision)}>
                    <FormattedMessage id="mapping.saved.undo" />
                  </Button>
                )}
                <Close onClick={() => setSaved(undefined)} />
              </>
            }
          >
            <p className={classes.afterWords}>
              <FormattedMessage id="mapping.saved" />{" "}
              <FormattedMessage
                id="mapping.preview.pass"
                values={{ count: saved.pass.pass, shown: shown(saved.pass.pass) }}
              />
            </p>
          </Notice>
        )}
      </div>
      {trouble !== null && (
        <div className={classes.after}>
          <Trouble error={trouble} />
        </div>
      )}
      {count > 0 && (
        <div className={classes.bar}>
          <p className={classes.barWords} role="status">
            <FormattedMessage id="mapping.changes" values={{ count }} />
          </p>
          <Button variant="subtle" color="gray" disabled={draft.saving} onClick={draft.discard}>
            <FormattedMessage id="mapping.discard" />
          </Button>
          <Button variant="default" disabled={draft.saving} onClick={draft.undo}>
            <FormattedMessage id="mapping.undo" />
          </Button>
          <Button
            ref={review}
            loading={preview.isPending || draft.saving}
            onClick={() => {
              save.reset();
              preview.mutate();
            }}
          >
            <FormattedMessage id="mapping.review" />
          </Button>
        </div>
      )}
      {preview.data !== undefined && (
        <Preview
          preview={preview.data}
          count={count}
          back={review}
          saving={draft.saving}
          error={save.error}
          onSave={() => save.mutate({ sent: draft.send(), pass: preview.data })}
          onClose={() => {
            preview.reset();
            // One that is on its way goes on.
            if (!save.isPending) save.reset();
          }}
        />
      )}
    </>
  );
}

function Close({ onClick }: { onClick: () => void }) {
  const intl = useIntl();
  return <CloseButton aria-label={intl.formatMessage({ id: "close" })} onClick={onClick} />;
}
