import { Button, Progress, Skeleton } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconDownload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { ProofDay } from "../../api/generated/ProofDay";
import type { ProofDifference } from "../../api/generated/ProofDifference";
import type { ProofProgress } from "../../api/generated/ProofProgress";
import type { ProofResult } from "../../api/generated/ProofResult";
import { keys, useInfo, useOverview, useProof } from "../../api/queries";
import { href, Link } from "../../app/router";
import { useBackend } from "../../backend/context";
import { download } from "../../components/download";
import { Empty } from "../../components/Empty";
import { Notice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Trouble } from "../../components/Trouble";
import { When } from "../../components/When";
import { formatAmount, formatCount, formatDay, formatDecimal } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { csv } from "./csv";
import classes from "./ProofPage.module.css";

/** A list on the page; the file has them all. */
const SHOWN = 500;

export function ProofPage() {
  const backend = useBackend();
  const client = useQueryClient();
  const proof = useProof();
  const { data: overview } = useOverview();
  const syncing = overview?.run != null;
  const prove = useMutation({
    mutationFn: () => backend.call("prove", {}),
    onSuccess: (view) => client.setQueryData(keys.proof, view),
  });
  const { last, running, failure } = proof.data ?? { last: null, running: null, failure: null };
  const going = running?.running === true;
  return (
    <Page
      title={<FormattedMessage id="nav.proof" />}
      lead={<FormattedMessage id="proof.lead" />}
      actions={
        <>
          {last !== null && <Export proof={last} />}
          <Button loading={prove.isPending} disabled={going || syncing} onClick={() => prove.mutate()}>
            <FormattedMessage id={last === null ? "proof.run" : "proof.again"} />
          </Button>
        </>
      }
    >
      <div className={classes.content}>
        <div role="status">{going && <Going progress={running} />}</div>
        {syncing && !going && (
          <Notice tone="quiet">
            <FormattedMessage id="proof.sync" />
          </Notice>
        )}
        {prove.error !== null && <Trouble error={prove.error} />}
        {failure !== null && !going && <Trouble error={failure} />}
        {proof.error !== null && <Trouble error={proof.error} onRetry={() => proof.refetch()} />}
        {proof.data === undefined && proof.error === null && <Skeleton height={200} radius="sm" />}
        {proof.data !== undefined && last === null && !going && (
          <Empty title={<FormattedMessage id="proof.empty" />}>
            <FormattedMessage id="proof.empty.more" />
          </Empty>
        )}
        {last !== null && <Result proof={last} />}
      </div>
    </Page>
  );
}

function Going({ progress: { done, total } }: { progress: ProofProgress }) {
  const intl = useIntl();
  const shown = (count: number) => formatCount(intl.locale, count);
  const words =
    total === null
      ? intl.formatMessage({ id: "proof.running" }, { done: shown(done) })
      : intl.formatMessage({ id: "proof.running.of" }, { done: shown(done), total: shown(total) });
  return (
    <div className={classes.going}>
      <span>{words}</span>
      <Progress
        value={total === null || total === 0 ? 0 : (100 * done) / total}
        aria-label={words}
        transitionDuration={120}
      />
    </div>
  );
}

function Result({ proof }: { proof: ProofResult }) {
  const intl = useIntl();
  const words = useWords();
  const shown = (count: number) => formatCount(intl.locale, count);
  const { checked, differences, explained, undecided, days } = proof;
  const equal = differences.length === 0;
  return (
    <>
      <section className={classes.sentence} data-equal={equal || undefined}>
        {equal ? (
          <IconCircleCheck size={28} aria-hidden="true" className={classes.icon} />
        ) : (
          <IconAlertTriangle size={28} aria-hidden="true" className={classes.icon} />
        )}
        <div>
          <h2 className={classes.title}>
            {equal ? (
              <FormattedMessage id="proof.equal" values={{ count: checked, shown: shown(checked) }} />
            ) : (
              <FormattedMessage
                id="proof.differs"
                values={{ count: differences.length, shown: shown(differences.length) }}
              />
            )}
          </h2>
          <p className="quiet">
            <FormattedMessage id="proof.at" values={{ at: <When at={proof.at} /> }} />
          </p>
        </div>
      </section>
      <dl className={classes.figures}>
        <Figure name={<FormattedMessage id="proof.checked" />}>{shown(checked)}</Figure>
        <Figure name={<FormattedMessage id="proof.difference" />} tone={equal ? "proven" : "needs"}>
          {equal ? formatDecimal(intl.locale, "0.00", 2) : shown(differences.length)}
        </Figure>
        <Figure name={<FormattedMessage id="proof.explained" />}>
          {shown(explained.reduce((sum, each) => sum + each.count, 0))}
        </Figure>
      </dl>
      {!equal && <Differences differences={differences} />}
      {days.length > 0 && <Days days={days} />}
      <section>
        <h3 className={classes.part}>
          <FormattedMessage id="proof.explained" />
        </h3>
        {explained.length === 0 ? (
          <p className="quiet">
            <FormattedMessage id="proof.explained.none" />
          </p>
        ) : (
          <table className={classes.classes}>
            <tbody>
              {explained.map((each) => (
                <tr key={each.class}>
                  <th scope="row">{className(words, each.class)}</th>
                  <td>{shown(each.count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {undecided.length > 0 && (
        <section>
          <h3 className={classes.part}>
            <FormattedMessage id="proof.undecided" />
          </h3>
          <ul className={classes.names}>
            {undecided.slice(0, SHOWN).map((name) => (
              <li key={name}>
                <Link to={href("records", { kind: "order", search: name })}>{name}</Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Figure({ name, tone, children }: { name: ReactNode; tone?: string; children: ReactNode }) {
  return (
    <div className={classes.figure} data-tone={tone}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Differences({ differences }: { differences: ProofDifference[] }) {
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

/** The newest day first; the difference is empty where it is zero. */
function Days({ days }: { days: ProofDay[] }) {
  const intl = useIntl();
  const words = useWords();
  const newest = [...days].reverse().slice(0, SHOWN);
  const amount = (text: string, currency: string) => formatAmount(intl.locale, text, currency);
  return (
    <section>
      <h3 className={classes.part}>
        <FormattedMessage id="proof.days" />
      </h3>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">
                <FormattedMessage id="overview.day" />
              </th>
              <th scope="col">
                <FormattedMessage id="proof.account" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="value.remote.shopify" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="value.remote.visma" />
              </th>
              <th scope="col" className={classes.end}>
                <FormattedMessage id="proof.days.difference" />
              </th>
            </tr>
          </thead>
          <tbody>
            {newest.map((row, index) => {
              const equal = /^-?0*\.?0*$/.test(row.difference);
              return (
                <tr key={`${row.date}/${row.account}/${row.gateway}/${row.currency}`}>
                  <th scope="row" className="num">
                    <span className={row.date === newest[index - 1]?.date ? "visually-hidden" : undefined}>
                      {formatDay(intl.locale, row.date)}
                    </span>
                  </th>
                  <td>
                    {words.find(`proof.account.${row.account}`) ?? row.account}
                    {row.gateway !== null && ` \u00b7 ${row.gateway}`} <span className="quiet">{row.currency}</span>
                  </td>
                  <td className={classes.end}>{amount(row.shopify, row.currency)}</td>
                  <td className={classes.end}>{amount(row.visma, row.currency)}</td>
                  <td className={classes.end} data-needs={!equal || undefined}>
                    {!equal && amount(row.difference, row.currency)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {days.length > SHOWN && (
        <p className="quiet">
          <FormattedMessage id="proof.more" values={{ count: days.length - SHOWN }} />
        </p>
      )}
    </section>
  );
}

function className(words: ReturnType<typeof useWords>, name: string): string {
  const rate = /^vat-(\d+(?:\.\d+)?)$/.exec(name)?.[1];
  if (rate !== undefined) return words.find("fact.vat-rate", { rate }) ?? name;
  return words.find(`proof.class.${name}`) ?? words.find(`fact.${name}`) ?? name;
}

function Export({ proof }: { proof: ProofResult }) {
  const intl = useIntl();
  const words = useWords();
  const { data: info } = useInfo();
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden="true" />}
      onClick={() => {
        const head = ["proof.order", "proof.document", "proof.what"] as const;
        const title = [
          [info?.company ?? "", info?.shop ?? "", proof.at],
          [intl.formatMessage({ id: "proof.checked" }), String(proof.checked)],
          [intl.formatMessage({ id: "proof.difference" }), String(proof.differences.length)],
          ...proof.explained.map((each) => [className(words, each.class), String(each.count)]),
          [],
          [...head.map((id) => intl.formatMessage({ id })), "Shopify", "Visma.net"],
        ];
        const rows = proof.differences.map((row) => [
          row.order,
          row.document ?? "",
          className(words, row.what),
          row.shopify,
          row.visma,
        ]);
        const days = proof.days.map((row) => [
          row.date,
          words.find(`proof.account.${row.account}`) ?? row.account,
          row.gateway ?? "",
          row.currency,
          row.shopify,
          row.visma,
          row.difference,
        ]);
        const dayHead = [
          intl.formatMessage({ id: "overview.day" }),
          intl.formatMessage({ id: "proof.account" }),
          intl.formatMessage({ id: "mapping.column.gateway" }),
          intl.formatMessage({ id: "mapping.column.currency" }),
          "Shopify",
          "Visma.net",
          intl.formatMessage({ id: "proof.days.difference" }),
        ];
        download(
          `brygga-proof-${proof.at.slice(0, 10)}.csv`,
          csv([...title, ...rows, [], dayHead, ...days]),
          "text/csv",
        );
      }}
    >
      <FormattedMessage id="proof.export" />
    </Button>
  );
}
