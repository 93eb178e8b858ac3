/** What the two sides disagree about, and what stands on another day for a named reason. */
import { FormattedMessage, useIntl } from "react-intl";
import type { ProofDifference } from "../../api/generated/ProofDifference";
import { href, Link } from "../../app/router";
import { formatDay } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { className } from "./account";
import classes from "./ProofPage.module.css";
import { SHOWN } from "./shown";

export function Differences({ differences }: { differences: ProofDifference[] }) {
  const words = useWords();
  const byClass = new Map<string, ProofDifference[]>();
  for (const difference of differences.slice(0, SHOWN)) {
    const known = byClass.get(difference.what) ?? [];
    known.push(difference);
    byClass.set(difference.what, known);
  }
  return (
    <section>
      <h3 className={classes.part}>
        <FormattedMessage id="proof.differences" />
      </h3>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">
                <FormattedMessage id="proof.order" />
              </th>
              <th scope="col">
                <FormattedMessage id="proof.document" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="value.remote.shopify" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="value.remote.visma" />
              </th>
            </tr>
          </thead>
          {[...byClass].map(([what, rows]) => (
            <tbody key={what}>
              <tr>
                <th scope="rowgroup" colSpan={4} className={classes.group}>
                  {className(words, what)}
                </th>
              </tr>
              {rows.map((row) => (
                <tr key={`${row.order}/${row.document}/${row.shopify}/${row.visma}`}>
                  <th scope="row">
                    <Link to={href("records", { kind: "order", search: row.order })}>{row.order}</Link>
                  </th>
                  <td>{row.document}</td>
                  <td className={classes.end}>{words.param("ours", row.shopify)}</td>
                  <td className={classes.end}>{words.param("theirs", row.visma)}</td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
      {differences.length > SHOWN && (
        <p className="quiet">
          <FormattedMessage id="proof.more" values={{ count: differences.length - SHOWN }} />
        </p>
      )}
    </section>
  );
}

/** Documents on another day than their event: the days add up all the same, and each is named. */
export function Dated({ rows }: { rows: ProofDifference[] }) {
  const intl = useIntl();
  return (
    <section>
      <h3 className={classes.part}>
        <FormattedMessage id="proof.dated" />
      </h3>
      <p className="quiet">
        <FormattedMessage id="proof.dated.more" />
      </p>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">
                <FormattedMessage id="proof.order" />
              </th>
              <th scope="col">
                <FormattedMessage id="proof.document" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="value.remote.shopify" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="value.remote.visma" />
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map((row) => (
              <tr key={`${row.order}/${row.document}`}>
                <th scope="row">
                  <Link to={href("records", { kind: "order", search: row.order })}>{row.order}</Link>
                </th>
                <td>{row.document}</td>
                <td className={classes.end}>{formatDay(intl.locale, row.shopify)}</td>
                <td className={classes.end}>{formatDay(intl.locale, row.visma)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > SHOWN && (
        <p className="quiet">
          <FormattedMessage id="proof.more" values={{ count: rows.length - SHOWN }} />
        </p>
      )}
    </section>
  );
}
