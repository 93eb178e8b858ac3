import { Button } from "@mantine/core";
import type { ReactNode, RefObject } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { MappingPreview } from "../../api/generated/MappingPreview";
import type { PreviewDiffering } from "../../api/generated/PreviewDiffering";
import type { PreviewRow } from "../../api/generated/PreviewRow";
import type { RecordLine } from "../../api/generated/RecordLine";
import { Dialog } from "../../components/Dialog";
import { DialogFoot } from "../../components/DialogFoot";
import { OutcomeMark } from "../../components/OutcomeMark";
import { Trouble } from "../../components/Trouble";
import { formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { useFactWords } from "../preview/facts";
import classes from "./MappingPage.module.css";

interface PreviewProps {
  preview: MappingPreview;
  count: number;
  /** What has the focus afterwards. */
  back: RefObject<HTMLElement | null>;
  saving: boolean;
  error: unknown;
  onSave: () => void;
  onClose: () => void;
}

/** What the changes would do to the orders that are stored, before anything is kept. */
export function Preview({ preview, count, back, saving, error, onSave, onClose }: PreviewProps) {
  return (
    <Dialog back={back} onClose={onClose} size={720} title={<FormattedMessage id="mapping.preview" />}>
      <div className={classes.whole}>
        <Rehearsed preview={preview} />
        {error !== null && <Trouble error={error} />}
        <DialogFoot>
          <Button variant="default" onClick={onClose}>
            <FormattedMessage id="settings.cancel" />
          </Button>
          <Button loading={saving} disabled={count === 0} onClick={onSave} data-autofocus>
            <FormattedMessage id="mapping.save" />
          </Button>
        </DialogFoot>
      </div>
    </Dialog>
  );
}

/** What becomes of the orders that are stored: in figures, and one by one where something is otherwise. */
export function Rehearsed({ preview }: { preview: MappingPreview }) {
  return (
    <>
      <Figures preview={preview} />
      {preview.differing.length > 0 && (
        <Differing rows={preview.differing} count={preview.changed + preview.booked.changed} />
      )}
      {preview.rows.length > 0 && <Outcomes rows={preview.rows} />}
    </>
  );
}

/** How many orders pass, how many are held, how many come out otherwise, and how far it was looked. */
function Figures({ preview }: { preview: MappingPreview }) {
  const intl = useIntl();
  const words = useWords();
  const shown = (number: number) => formatCount(intl.locale, number);
  const counted = (
    id: "mapping.preview.freed" | "mapping.preview.changed" | "mapping.preview.stopped" | "mapping.preview.open",
    number: number,
  ) =>
    number > 0 && (
      <Lead>
        <FormattedMessage id={id} values={{ count: number, shown: shown(number) }} />
      </Lead>
    );
  const { booked } = preview;
  return (
    <div>
      <p className={classes.big}>
        <FormattedMessage id="mapping.preview.pass" values={{ count: preview.pass, shown: shown(preview.pass) }} />
      </p>
      {preview.freed < preview.pass && counted("mapping.preview.freed", preview.freed)}
      {counted("mapping.preview.changed", preview.changed)}
      {counted("mapping.preview.stopped", preview.stopped)}
      <Lead>
        <FormattedMessage
          id="mapping.preview.rest"
          values={{
            held: shown(preview.held),
            waiting: shown(preview.waiting),
            skipped: shown(preview.skipped),
          }}
        />
      </Lead>
      {counted("mapping.preview.open", preview.open)}
      {booked.looked > 0 && (
        <Lead>
          <FormattedMessage
            id="mapping.preview.booked"
            values={{
              count: booked.looked,
              looked: shown(booked.looked),
              changed: shown(booked.changed),
              held: shown(booked.held),
            }}
          />
        </Lead>
      )}
      {preview.acts_on.map((table) => {
        const sentence = words.find(`mapping.acts.${table}`);
        return sentence === undefined ? null : <Lead key={table}>{sentence}</Lead>;
      })}
      {preview.seen < preview.stored && (
        <Lead>
          <FormattedMessage
            id="mapping.preview.limit"
            values={{ seen: shown(preview.seen), stored: shown(preview.stored) }}
          />
        </Lead>
      )}
      <Lead>
        <FormattedMessage id="mapping.preview.nothing" />
      </Lead>
    </div>
  );
}

function Lead({ children }: { children: ReactNode }) {
  return <p className={classes.lead}>{children}</p>;
}

/** A record, and that it stays as it is where it is booked. */
function Named({ record }: { record: RecordLine }) {
  return (
    <>
      {record.name}
      {record.state === "booked" && (
        <span className="quiet">
          {" \u00b7 "}
          <FormattedMessage id="mapping.preview.stays" />
        </span>
      )}
    </>
  );
}

/** Orders whose document would be another one: what it is now, and what it would be. */
function Differing({ rows, count }: { rows: PreviewDiffering[]; count: number }) {
  const intl = useIntl();
  const words = useFactWords();
  const value = (name: string, text: string | null) => (text === null ? "\u2013" : words.value(name, text));
  return (
    <Scroll name="mapping.preview.differing">
      <table className={classes.preview}>
        <caption className={classes.lead}>
          <FormattedMessage id="mapping.preview.differing" />
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <FormattedMessage id="activity.record" />
            </th>
            <th scope="col">
              <FormattedMessage id="proof.what" />
            </th>
            <th scope="col">
              <FormattedMessage id="preview.before" />
            </th>
            <th scope="col">
              <FormattedMessage id="preview.after" />
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.flatMap(({ record, facts }) =>
            facts.map((fact, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: facts may repeat, and have a fixed order
              <tr key={`${record.id}-${index}`}>
                {index === 0 && (
                  <th scope="row" rowSpan={facts.length}>
                    <Named record={record} />
                  </th>
                )}
                <td>{words.name(fact.name)}</td>
                <td>{value(fact.name, fact.before)}</td>
                <td>{value(fact.name, fact.after)}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      {rows.length < count && (
        <Lead>
          <FormattedMessage
            id="mapping.preview.shown"
            values={{ shown: formatCount(intl.locale, rows.length), count: formatCount(intl.locale, count) }}
          />
        </Lead>
      )}
    </Scroll>
  );
}

/** Records that would stand elsewhere than they do. */
function Outcomes({ rows }: { rows: PreviewRow[] }) {
  const words = useWords();
  return (
    <Scroll name="mapping.preview">
      <table className={classes.preview}>
        <thead>
          <tr>
            <th scope="col">
              <FormattedMessage id="activity.record" />
            </th>
            <th scope="col">
              <FormattedMessage id="mapping.preview.then" />
            </th>
            <th scope="col">
              <FormattedMessage id="records.why" />
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ record, outcome, reason }) => (
            <tr key={`${record.kind}/${record.id}`}>
              <th scope="row">
                <Named record={record} />
              </th>
              <td>
                <OutcomeMark outcome={outcome} />
              </td>
              <td className="quiet">{reason === null ? "" : words.reason(reason)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Scroll({ name, children }: { name: "mapping.preview" | "mapping.preview.differing"; children: ReactNode }) {
  const intl = useIntl();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label={intl.formatMessage({ id: name })}>
      {children}
    </section>
  );
}
