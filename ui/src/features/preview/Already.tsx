import { Button, Skeleton } from "@mantine/core";
import { useMemo } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { AlreadyLine } from "../../api/generated/AlreadyLine";
import { Empty } from "../../components/Empty";
import { type Column, Grid } from "../../components/Grid";
import { Money } from "../../components/Money";
import { Notice } from "../../components/Notice";
import { StateMark } from "../../components/StateMark";
import { Trouble } from "../../components/Trouble";
import { When } from "../../components/When";
import { formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { AlreadyForAll } from "./AlreadyForAll";
import { AlreadyOrder } from "./AlreadyOrder";
import classes from "./Preview.module.css";
import { useAlreadyActs, useAlreadyRows, useAlreadyView } from "./useAlready";
import { useOpened } from "./useOpened";

/** Orders that somebody else may have booked: what fits each, and what shall become of it. */
export function Already() {
  const intl = useIntl();
  const words = useWords();
  const already = useAlreadyView();
  const { find, choose, chooseAll } = useAlreadyActs();
  const rows = useAlreadyRows();
  const columns = useColumns();
  const { opened, open, close, around } = useOpened<AlreadyLine>();
  const view = already.data;
  const count = view?.counts.reduce((sum, { open }) => sum + open, 0) ?? 0;
  return (
    <section className={classes.already} aria-label={intl.formatMessage({ id: "already.title" })}>
      <p className={classes.quiet}>
        <FormattedMessage id="already.lead" />
      </p>
      <div className={classes.doing}>
        <Button
          variant={view?.at == null ? "filled" : "default"}
          loading={find.isPending}
          onClick={() => {
            open(null);
            find.mutate();
          }}
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
                />{" "}
                {view.counts.length > 0 && (
                  <FormattedMessage id="already.open" values={{ count, shown: formatCount(intl.locale, count) }} />
                )}{" "}
                {count > 0 && <FormattedMessage id="already.hold" />}
              </>
            )
          )}
        </span>
      </div>
      {[already.error, rows.error, find.error, choose.error, chooseAll.error].map(
        // biome-ignore lint/suspicious/noArrayIndexKey: each place is one command
        (error, index) => error !== null && <Trouble key={index} error={error} />,
      )}
      {view === undefined && already.error === null && <Skeleton height={120} radius="sm" />}
      {view?.not_read != null && (
        <Notice tone="needs">
          <FormattedMessage id="already.notRead" values={{ reason: words.reason(view.not_read) }} />
        </Notice>
      )}
      {view !== undefined && view.at !== null && view.counts.length === 0 && (
        <Empty title={<FormattedMessage id="already.none" />} />
      )}
      {view !== undefined && view.counts.length > 0 && (
        <>
          <AlreadyForAll
            counts={view.counts}
            busy={chooseAll.isPending}
            onChoose={(choice) => {
              open(null);
              chooseAll.mutate(choice);
            }}
          />
          <div className={classes.both} {...around}>
            <Grid
              label={intl.formatMessage({ id: "already.link" })}
              columns={columns}
              count={rows.total ?? 0}
              {...(rows.total === undefined ? {} : { total: rows.total })}
              row={rows.row}
              rowKey={(row) => row.id}
              onOpen={open}
              onSight={rows.onSight}
              resetKey={view.at ?? ""}
            />
            {opened !== null && (
              <AlreadyOrder
                key={opened.id}
                line={opened}
                busy={choose.isPending}
                onChoose={(pick) => choose.mutate({ id: opened.id, pick }, { onSettled: close })}
                onClose={close}
              />
            )}
          </div>
        </>
      )}
    </section>
  );
}

function useColumns(): Column<AlreadyLine>[] {
  const intl = useIntl();
  return useMemo(() => {
    const name: Column<AlreadyLine> = {
      id: "name",
      header: <FormattedMessage id="already.order" />,
      width: "minmax(84px, 130px)",
      cell: (row) => <span className={classes.name}>{row.name}</span>,
    };
    const happened: Column<AlreadyLine> = {
      id: "happened",
      header: <FormattedMessage id="records.happened" />,
      width: "128px",
      from: "wide",
      cell: (row) => row.happened !== null && <When at={row.happened} />,
    };
    const party: Column<AlreadyLine> = {
      id: "party",
      header: <FormattedMessage id="records.party" />,
      width: "minmax(110px, 1fr)",
      from: "wide",
      cell: (row) => row.party,
    };
    const amount: Column<AlreadyLine> = {
      id: "amount",
      header: <FormattedMessage id="preview.column.amount" />,
      width: "minmax(120px, 0.7fr)",
      align: "end",
      cell: (row) => row.amount !== null && <Money amount={row.amount} />,
    };
    const document: Column<AlreadyLine> = {
      id: "document",
      header: <FormattedMessage id="already.document" />,
      width: "minmax(110px, 1fr)",
      from: "medium",
      cell: (row) => {
        const numbers = row.found.map(({ number }) => number).join(", ");
        return <span title={numbers}>{numbers}</span>;
      },
    };
    const fit: Column<AlreadyLine> = {
      id: "fit",
      header: <FormattedMessage id="already.fit" />,
      width: "minmax(120px, 1.2fr)",
      from: "medium",
      cell: (row) => <FormattedMessage id={`already.fit.${row.fit}`} />,
    };
    const choice: Column<AlreadyLine> = {
      id: "choice",
      header: <FormattedMessage id="already.choice" />,
      width: "minmax(150px, 1.4fr)",
      cell: ({ choice }) => {
        const said =
          choice.fate === "link"
            ? intl.formatMessage({ id: "already.choose.one" }, { document: choice.document })
            : intl.formatMessage({ id: `already.choose.${choice.fate}` });
        return <span title={said}>{said}</span>;
      },
    };
    const state: Column<AlreadyLine> = {
      id: "state",
      header: <FormattedMessage id="records.state" />,
      width: "116px",
      cell: (row) => <StateMark state={row.state} />,
    };
    return [name, happened, party, amount, document, fit, choice, state];
  }, [intl]);
}
