import { FormattedMessage } from "react-intl";
import type { RecordLine } from "../../api/generated/RecordLine";
import { href, Link } from "../../app/router";
import { Money } from "../../components/Money";
import { StateMark } from "../../components/StateMark";
import { When } from "../../components/When";
import { useWords } from "../../i18n/useWords";
import classes from "./Parts.module.css";

/** What an order has become: its invoices, credit notes and payments, each with its document and where it stands. */
export function Parts({ parts, self }: { parts: RecordLine[]; self: RecordLine }) {
  const words = useWords();
  return (
    <section>
      <h2 className={classes.heading}>
        <FormattedMessage id="story.parts" />
      </h2>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">
                <FormattedMessage id="activity.record" />
              </th>
              <th scope="col">
                <FormattedMessage id="records.happened" />
              </th>
              <th scope="col">
                <FormattedMessage id="records.state" />
              </th>
              <th scope="col">
                <FormattedMessage id="records.erp" />
              </th>
              <th scope="col" className={classes.amount}>
                <FormattedMessage id="records.amount" />
              </th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part) => {
              const isSelf = part.kind === self.kind && part.id === self.id;
              const name = `${words.value("record", part.kind)} ${part.name}`;
              return (
                <tr key={`${part.kind}/${part.id}`} aria-current={isSelf || undefined}>
                  <th scope="row">{isSelf ? name : <Link to={href("records", part.kind, part.id)}>{name}</Link>}</th>
                  <td>{part.happened !== null && <When at={part.happened} />}</td>
                  <td>
                    <StateMark state={part.state} />
                    {part.reason !== null && <span className={classes.why}>{words.cause(part.reason)}</span>}
                  </td>
                  <td>{part.erp_number}</td>
                  <td className={classes.amount}>{part.amount !== null && <Money amount={part.amount} />}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
