import { FormattedMessage, useIntl } from "react-intl";
import type { PreviewSent } from "../../api/generated/PreviewSent";
import { href, Link } from "../../app/router";
import { Notice } from "../../components/Notice";
import { formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import classes from "./Preview.module.css";

const FEW = 5;

/** What came of the last approval. */
export function Sent({ sent }: { sent: PreviewSent }) {
  const intl = useIntl();
  const words = useWords();
  const of = (count: number) => ({ count, shown: formatCount(intl.locale, count) });
  const clean = sent.held === 0 && sent.changed.length === 0 && sent.left === 0 && sent.failure === null;
  return (
    <Notice tone={clean ? "proven" : "needs"}>
      <p className={classes.sentence}>
        <FormattedMessage id="preview.sent" values={of(sent.begun - sent.held)} />{" "}
        {sent.held > 0 && (
          <Link to={href("fixes")}>
            <FormattedMessage id="preview.sent.held" values={of(sent.held)} />
          </Link>
        )}{" "}
        {sent.left > 0 && <FormattedMessage id="preview.sent.left" values={of(sent.left)} />}{" "}
        {sent.failure !== null && words.reason(sent.failure)}
      </p>
      {sent.changed.length > 0 && (
        <>
          <p className={classes.sentence}>
            <FormattedMessage id="preview.changed" values={of(sent.changed.length)} />
          </p>
          <ul className={classes.changed}>
            {sent.changed.slice(0, FEW).map(({ record, reason }) => (
              <li key={`${record.kind}/${record.id}`}>
                <Link to={href("records", record.kind, record.id)}>{words.reason(reason)}</Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  );
}
