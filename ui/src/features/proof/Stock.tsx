/** Stock per location, both sides. */
import { FormattedMessage, useIntl } from "react-intl";
import type { ProofStock } from "../../api/generated/ProofStock";
import { formatCount, formatDecimal } from "../../i18n/format";
import classes from "./ProofPage.module.css";

export function Stock({ rows }: { rows: ProofStock[] }) {
  const intl = useIntl();
  return (
    <section>
      <h3 className={classes.part}>
        <FormattedMessage id="proof.stock" />
      </h3>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">
                <FormattedMessage id="proof.stock.location" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="proof.stock.items" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="value.remote.shopify" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="value.remote.visma" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="proof.stock.differing" />
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.location}>
                <th scope="row">{row.location}</th>
                <td className={classes.end}>{formatCount(intl.locale, row.items)}</td>
                <td className={classes.end}>{formatDecimal(intl.locale, row.shopify)}</td>
                <td className={classes.end}>{formatDecimal(intl.locale, row.visma)}</td>
                <td className={classes.end} data-needs={row.differing.length > 0 || undefined}>
                  {row.differing.join(", ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
