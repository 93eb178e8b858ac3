import { Button, Select, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FormattedMessage, useIntl } from "react-intl";
import type { AlreadyDocument } from "../../api/generated/AlreadyDocument";
import type { AlreadyLine } from "../../api/generated/AlreadyLine";
import type { AlreadyView } from "../../api/generated/AlreadyView";
import { keys } from "../../api/queries";
import { href, Link } from "../../app/router";
import { useBackend } from "../../backend/context";
import { Empty } from "../../components/Empty";
import { Money } from "../../components/Money";
import { Notice } from "../../components/Notice";
import { StateMark } from "../../components/StateMark";
import { Trouble } from "../../components/Trouble";
import { When } from "../../components/When";
import { formatCount, formatDay, formatDecimal } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import classes from "./Preview.module.css";

const CHOICES = ["link", "skip", "create", "ask"] as const;

/** Orders that somebody else may have booked: what fits each, and what shall become of it. */
export function Already() {
  const intl = useIntl();
  const words = useWords();
  const backend = useBackend();
  const client = useQueryClient();
  const already = useQuery({ queryKey: keys.already, queryFn: () => backend.call("already", {}) });
  const shown = (view: AlreadyView) => {
    client.setQueryData(keys.already, view);
    for (const queryKey of [keys.preview, keys.records, keys.held]) client.invalidateQueries({ queryKey });
  };
  const find = useMutation({ mutationFn: () => backend.call("already_find", {}), onSuccess: shown });
  const choose = useMutation({
    mutationFn: (choice: { id: string; choice: string }) => backend.call("already_choose", choice),
    onSuccess: shown,
  });
  const view = already.data;
  return (
    <section className={classes.already} aria-label={intl.formatMessage({ id: "already.title" })}>
      <p className={classes.quiet}>
        <FormattedMessage id="already.lead" />
      </p>
      <div className={classes.doing}>
        <Button
          variant={view?.at == null ? "filled" : "default"}
          loading={find.isPending}
          onClick={() => find.mutate()}
        >
          <FormattedMessage id={view?.at == null ? "already.find" : "already.again"} />
        </Button>
        <span role="status" className={classes.quiet}>
          {find.isPending ? (
            <FormattedMessage id="already.looking" />
          ) : (
            view?.at != null && (
              <>
                <When at={view.at} />
                {" \u00b7 "}
                <FormattedMessage
                  id="already.looked"
                  values={{
                    orders: formatCount(intl.locale, view.orders),
                    documents: formatCount(intl.locale, view.documents),
                  }}
                />
              </>
            )
          )}
        </span>
      </div>
      {[already.error, find.error, choose.error].map(
        // biome-ignore lint/suspicious/noArrayIndexKey: each place is one command
        (error, index) => error !== null && <Trouble key={index} error={error} />,
      )}
      {view === undefined && already.error === null && <Skeleton height={120} radius="sm" />}
      {view?.not_read != null && (
        <Notice tone="needs">
          <FormattedMessage id="already.notRead" values={{ reason: words.reason(view.not_read) }} />
        </Notice>
      )}
      {view !== undefined && view.at !== null && view.rows.length === 0 && (
        <Empty title={<FormattedMessage id="already.none" />} />
      )}
      {view !== undefined && view.rows.length > 0 && (
        <>
          <Rows rows={view.rows} busy={choose.isPending} onChoose={(id, choice) => choose.mutate({ id, choice })} />
          {view.rows.some((row) => row.choice === "ask") && (
            <p className={classes.quiet}>
              <FormattedMessage id="already.hold" />
            </p>
          )}
        </>
      )}
    </section>
  );
}

interface RowsProps {
  rows: AlreadyLine[];
  busy: boolean;
  onChoose: (id: string, choice: string) => void;
}

function Rows({ rows, busy, onChoose }: RowsProps) {
  const intl = useIntl();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className={classes.box} tabIndex={0}>
      <table className={classes.lines}>
        <thead>
          <tr>
            <th scope="col">
              <FormattedMessage id="already.order" />
            </th>
            <th scope="col" data-number="">
              <FormattedMessage id="preview.column.amount" />
            </th>
            <th scope="col">
              <FormattedMessage id="already.document" />
            </th>
            <th scope="col">
              <FormattedMessage id="already.choice" />
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <Link to={href("records", "order", row.id)}>{row.name}</Link>
                {row.party !== null && <span className={classes.was}>{row.party}</span>}
                {row.happened !== null && (
                  <span className={classes.was}>
                    <When at={row.happened} />
                  </span>
                )}
              </td>
              <td data-number="">{row.amount !== null && <Money amount={row.amount} />}</td>
              <td>
                {row.found.map((document) => (
                  <Document key={document.number} document={document} />
                ))}
                <span className={classes.fit}>
                  <FormattedMessage
                    id={
                      row.certain
                        ? "already.fit.certain"
                        : row.found.length > 1
                          ? "already.fit.several"
                          : "already.fit.likely"
                    }
                  />
                </span>
              </td>
              <td>
                <Select
                  aria-label={intl.formatMessage({ id: "already.choice.of" }, { name: row.name })}
                  w={270}
                  allowDeselect={false}
                  disabled={busy}
                  value={row.choice}
                  onChange={(choice) => {
                    if (choice !== null && choice !== row.choice) onChoose(row.id, choice);
                  }}
                  data={CHOICES.map((value) => ({
                    value,
                    label: intl.formatMessage({ id: `already.choose.${value}` }),
                  }))}
                />
                <span className={classes.stands}>
                  <StateMark state={row.state} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Document({ document }: { document: AlreadyDocument }) {
  const { locale } = useIntl();
  const { number, total, currency, date, customer } = document;
  return (
    <div>
      {number}: {formatDecimal(locale, total, 2)} {currency}
      <span className={classes.was}>
        {[date === null ? null : formatDay(locale, date), customer].filter((part) => part !== null).join(", ")}
      </span>
    </div>
  );
}
