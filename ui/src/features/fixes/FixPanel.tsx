import { Button, Skeleton } from "@mantine/core";
import { FormattedMessage, useIntl } from "react-intl";
import type { Amount } from "../../api/generated/Amount";
import type { Fixed } from "../../api/generated/Fixed";
import type { FixPreview } from "../../api/generated/FixPreview";
import type { HeldGroup } from "../../api/generated/HeldGroup";
import type { Remedy } from "../../api/generated/Remedy";
import { href, Link } from "../../app/router";
import { Money } from "../../components/Money";
import { OutcomeMark } from "../../components/OutcomeMark";
import { useOutside } from "../../components/Outside";
import { Trouble } from "../../components/Trouble";
import { formatCount, formatDay } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { placeOf } from "../mapping/place";
import { Choice } from "./Choice";
import classes from "./FixPanel.module.css";
import { useFix, useRemedy } from "./useFix";

interface FixPanelProps {
  group: HeldGroup;
  disabled: boolean;
  /** The choice is kept; `book`: and tried at once. */
  onKept: (fixed: Fixed, book: boolean) => void;
}

/** What to do about a cause, done where it is shown: choose, see what will be booked, keep it. */
export function FixPanel({ group, disabled, onKept }: FixPanelProps) {
  const remedy = useRemedy(group);
  if (remedy.error !== null)
    return (
      <div className={classes.panel}>
        <Trouble error={remedy.error} onRetry={() => remedy.refetch()} />
      </div>
    );
  // What is shown while it is read again would be the question of before.
  if (remedy.data === undefined || remedy.isFetching)
    return (
      <div className={classes.panel}>
        <Skeleton height={96} radius="sm" />
      </div>
    );
  return (
    <Opened group={group} remedy={remedy.data} disabled={disabled} onKept={onKept} onAgain={() => remedy.refetch()} />
  );
}

function Opened({ group, remedy, disabled, onKept, onAgain }: FixPanelProps & { remedy: Remedy; onAgain: () => void }) {
  const intl = useIntl();
  const outside = useOutside();
  const { choice, choose, preview, keep } = useFix(group, remedy, onKept);
  const place = placeOf(group.reason);
  const page = remedy.shop_page;
  const inPlace = remedy.choice.kind !== "elsewhere";
  const found = preview.data;
  const count = found === undefined ? 0 : found.pass + found.open;
  const doKeep = (book: boolean) => {
    if (choice !== undefined) keep.mutate({ chosen: choice, book });
  };
  return (
    <form
      className={classes.panel}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (choice !== undefined) preview.mutate(choice);
      }}
    >
      <Choice of={remedy.choice} chosen={choice} onChange={choose} />
      {found !== undefined && <Found found={found} />}
      {(preview.error ?? keep.error) !== null && <Trouble error={preview.error ?? keep.error} onRetry={onAgain} />}
      <div className={classes.actions}>
        {!inPlace && page !== null && (
          <Button variant="default" onClick={() => outside(page.url)}>
            <FormattedMessage id="fixes.choice.shop" values={{ name: page.name }} />
          </Button>
        )}
        {place !== undefined && (
          <a className={classes.elsewhere} href={place}>
            <FormattedMessage id="fixes.map" />
          </a>
        )}
        {inPlace && found === undefined && (
          <Button type="submit" loading={preview.isPending} disabled={choice === undefined}>
            <FormattedMessage id="fixes.preview" />
          </Button>
        )}
        {found !== undefined && (
          <>
            <Button variant="default" disabled={keep.isPending} onClick={() => doKeep(false)}>
              <FormattedMessage id="fixes.keep" />
            </Button>
            <Button loading={keep.isPending} disabled={disabled} onClick={() => doKeep(true)}>
              <FormattedMessage id="fixes.apply" values={{ count, shown: formatCount(intl.locale, count) }} />
            </Button>
          </>
        )}
      </div>
    </form>
  );
}

function Total({ of }: { of: Amount | null }) {
  return of === null ? null : <Money amount={of} />;
}

/** What will be booked: each document with its date, customer and total. */
function Found({ found }: { found: FixPreview }) {
  const intl = useIntl();
  const words = useWords();
  const shown = (number: number) => formatCount(intl.locale, number);
  return (
    <div>
      <p className={classes.big} role="status">
        <FormattedMessage id="mapping.preview.pass" values={{ count: found.pass, shown: shown(found.pass) }} />
      </p>
      <p className={classes.lead}>
        {found.pass < found.looked && (
          <>
            <FormattedMessage
              id="fixes.preview.rest"
              values={{
                held: shown(found.held),
                waiting: shown(found.waiting),
                skipped: shown(found.skipped),
                open: shown(found.open),
              }}
            />{" "}
          </>
        )}
        <FormattedMessage id="mapping.preview.nothing" />
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label={intl.formatMessage({ id: "fixes.preview.list" })}>
        <table className={classes.list}>
          <thead>
            <tr>
              <th scope="col">
                <FormattedMessage id="activity.record" />
              </th>
              <th scope="col">
                <FormattedMessage id="mapping.preview.then" />
              </th>
              <th scope="col">
                <FormattedMessage id="fixes.preview.date" />
              </th>
              <th scope="col">
                <FormattedMessage id="fixes.preview.customer" />
              </th>
              <th scope="col" className={classes.amount}>
                <FormattedMessage id="records.amount" />
              </th>
            </tr>
          </thead>
          <tbody>
            {found.rows.map((row) => (
              <tr key={`${row.record.kind}/${row.record.id}`}>
                <th scope="row">
                  <Link to={href("records", row.record.kind, row.record.id)}>{row.record.name}</Link>
                </th>
                <td>
                  <OutcomeMark outcome={row.outcome} />
                  {row.reason !== null && <span className={classes.why}>{words.reason(row.reason)}</span>}
                </td>
                <td>{row.date !== null && formatDay(intl.locale, row.date)}</td>
                <td>{[row.customer, row.record.party].filter((part) => part !== null).join(" ")}</td>
                <td className={classes.amount}>
                  <Total of={row.total ?? row.record.amount} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {found.looked > found.rows.length && (
        <p className={classes.lead}>
          <FormattedMessage
            id="fixes.rest"
            values={{ count: found.looked - found.rows.length, shown: shown(found.looked - found.rows.length) }}
          />
        </p>
      )}
    </div>
  );
}
