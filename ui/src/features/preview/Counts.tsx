import { FormattedMessage, useIntl } from "react-intl";
import type { PreviewView } from "../../api/generated/PreviewView";
import { Money } from "../../components/Money";
import { formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import classes from "./Preview.module.css";

/** Counts and money per kind. */
export function Counts({ view }: { view: PreviewView }) {
  const intl = useIntl();
  const words = useWords();
  if (view.counts.length === 0) return null;
  const shown = (count: number) => (count === 0 ? "" : formatCount(intl.locale, count));
  return (
    <table className={classes.counts} aria-label={intl.formatMessage({ id: "preview.counts" })}>
      <thead>
        <tr>
          <th scope="col">
            <FormattedMessage id="preview.kind" />
          </th>
          <th scope="col" data-number="">
            <FormattedMessage id="preview.outcome.send" />
          </th>
          <th scope="col" data-number="">
            <FormattedMessage id="preview.money" />
          </th>
          <th scope="col" data-number="">
            <FormattedMessage id="preview.outcome.waiting" />
          </th>
          <th scope="col" data-number="">
            <FormattedMessage id="preview.outcome.skipped" />
          </th>
          <th scope="col" data-number="">
            <FormattedMessage id="preview.outcome.held" />
          </th>
        </tr>
      </thead>
      <tbody>
        {view.counts.map((count) => (
          <tr key={count.kind}>
            <th scope="row">{words.value("record", count.kind)}</th>
            <td data-number="">{formatCount(intl.locale, count.send)}</td>
            <td data-number="">
              {count.money.map((money) => (
                <span key={money.currency} className={classes.sum}>
                  <Money amount={money} />
                </span>
              ))}
            </td>
            <td data-number="">{shown(count.waiting)}</td>
            <td data-number="">{shown(count.skipped)}</td>
            <td data-number="">{shown(count.held)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
