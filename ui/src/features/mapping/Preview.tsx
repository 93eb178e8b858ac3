import { Button, Modal } from "@mantine/core";
import { FormattedMessage, useIntl } from "react-intl";
import type { MappingPreview } from "../../api/generated/MappingPreview";
import type { State } from "../../api/generated/State";
import { StateIcon } from "../../components/StateMark";
import { Trouble } from "../../components/Trouble";
import { formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import classes from "./MappingPage.module.css";

interface PreviewProps {
  preview: MappingPreview;
  count: number;
  saving: boolean;
  error: unknown;
  onSave: () => void;
  onClose: () => void;
}

const STATES: Record<string, State> = { pass: "booked", held: "held", waiting: "waiting", skipped: "skipped" };

/** What the changes would do to the held and waiting records, before anything is kept. */
export function Preview({ preview, count, saving, error, onSave, onClose }: PreviewProps) {
  const intl = useIntl();
  const words = useWords();
  const shown = (number: number) => formatCount(intl.locale, number);
  return (
    <Modal
      opened
      onClose={onClose}
      size={640}
      title={<FormattedMessage id="mapping.preview" />}
      closeButtonProps={{ "aria-label": intl.formatMessage({ id: "close" }) }}
    >
      <div className={classes.fields}>
        <div>
          <p className={classes.big}>
            <FormattedMessage id="mapping.preview.pass" values={{ count: preview.pass, shown: shown(preview.pass) }} />
          </p>
          <p className={classes.lead}>
            <FormattedMessage
              id="mapping.preview.rest"
              values={{
                held: shown(preview.held),
                waiting: shown(preview.waiting),
                skipped: shown(preview.skipped),
              }}
            />
          </p>
          {preview.open > 0 && (
            <p className={classes.lead}>
              <FormattedMessage
                id="mapping.preview.open"
                values={{ count: preview.open, shown: shown(preview.open) }}
              />
            </p>
          )}
          <p className={classes.lead}>
            <FormattedMessage id="mapping.preview.nothing" />
          </p>
        </div>
        {preview.rows.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
          <section className={classes.scroll} tabIndex={0} aria-label={intl.formatMessage({ id: "mapping.preview" })}>
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
                {preview.rows.map(({ record, outcome, reason }) => (
                  <tr key={`${record.kind}/${record.id}`}>
                    <th scope="row">{record.name}</th>
                    <td>
                      <span className={classes.state}>
                        <StateIcon state={STATES[outcome] ?? "new"} />
                        {words.find(`mapping.then.${outcome}`) ?? outcome}
                      </span>
                    </td>
                    <td className="quiet">{reason === null ? "" : words.reason(reason)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
        {error !== null && <Trouble error={error} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            <FormattedMessage id="settings.cancel" />
          </Button>
          <Button loading={saving} disabled={count === 0} onClick={onSave} data-autofocus>
            <FormattedMessage id="mapping.save" />
          </Button>
        </div>
      </div>
    </Modal>
  );
}
