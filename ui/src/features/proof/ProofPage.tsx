import { Button, Progress, Select, Skeleton } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconPrinter } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { ProofProgress } from "../../api/generated/ProofProgress";
import type { ProofResult } from "../../api/generated/ProofResult";
import type { ProofView } from "../../api/generated/ProofView";
import { keys, useInfo, useProof, useToday } from "../../api/queries";
import { href, Link } from "../../app/router";
import { useBackend } from "../../backend/context";
import { Empty } from "../../components/Empty";
import { Notice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Trouble } from "../../components/Trouble";
import { When } from "../../components/When";
import { formatCount, formatDay, formatDecimal } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { className } from "./account";
import { Days } from "./Days";
import { Dated, Differences } from "./Differences";
import { Export } from "./Export";
import { PaperDays, PaperHead } from "./PrintedProof";
import classes from "./ProofPage.module.css";
import { daysOf, SPANS, type Span } from "./period";
import { Stock } from "./Stock";
import { SHOWN } from "./shown";

export function ProofPage() {
  const backend = useBackend();
  const client = useQueryClient();
  const proof = useProof();
  const intl = useIntl();
  const [span, setSpan] = useState<Span>("all");
  const shown = (view: ProofView) => client.setQueryData(keys.proof, view);
  const { data: info } = useInfo();
  const today = useToday(info?.time_zone ?? "UTC");
  const prove = useMutation({
    mutationFn: (today: string) => backend.call("prove", daysOf(span, today)),
    onSuccess: shown,
  });
  const stop = useMutation({ mutationFn: () => backend.call("prove_stop", {}), onSuccess: shown });
  const { last, running, failure } = proof.data ?? { last: null, running: null, failure: null };
  const going = running?.running === true;
  return (
    <Page
      title={<FormattedMessage id="nav.proof" />}
      lead={<FormattedMessage id="proof.lead" />}
      actions={
        <>
          {last !== null && (
            <>
              <Button
                variant="default"
                leftSection={<IconPrinter size={16} aria-hidden="true" />}
                onClick={() => window.print()}
              >
                <FormattedMessage id="proof.print" />
              </Button>
              <Export proof={last} />
            </>
          )}
          <Select
            aria-label={intl.formatMessage({ id: "proof.period" })}
            w={170}
            allowDeselect={false}
            disabled={going}
            value={span}
            onChange={(value) => setSpan(SPANS.find((known) => known === value) ?? "all")}
            data={SPANS.map((value) => ({ value, label: intl.formatMessage({ id: `proof.period.${value}` }) }))}
          />
          {going ? (
            <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
              <FormattedMessage id="proof.stop" />
            </Button>
          ) : (
            <Button
              loading={prove.isPending}
              disabled={today === undefined}
              onClick={() => today !== undefined && prove.mutate(today)}
            >
              <FormattedMessage id={last === null ? "proof.run" : "proof.again"} />
            </Button>
          )}
        </>
      }
    >
      <div className={classes.content}>
        <div role="status">{going && <Going progress={running} />}</div>
        {prove.error !== null && <Trouble error={prove.error} />}
        {stop.error !== null && <Trouble error={stop.error} />}
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
  const { checked, differences, explained, undecided, days, stock, dated, period, beyond, stock_unread } = proof;
  const equal = differences.length === 0;
  return (
    <>
      <PaperHead period={period} />
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
            {period.from !== null && period.to !== null && (
              <>
                <FormattedMessage
                  id="proof.of"
                  values={{ from: formatDay(intl.locale, period.from), to: formatDay(intl.locale, period.to) }}
                />
                {". "}
              </>
            )}
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
      {beyond.length > 0 && (
        <Notice tone="quiet">
          <FormattedMessage id="proof.beyond" values={{ count: beyond.length, shown: shown(beyond.length) }} />
        </Notice>
      )}
      {stock_unread !== null && (
        <Notice tone="needs">
          <FormattedMessage id="proof.stock.unread" values={{ reason: words.reason(stock_unread) }} />
        </Notice>
      )}
      {!equal && <Differences differences={differences} />}
      {days.length > 0 && (
        <>
          <Days days={days} />
          <PaperDays days={days} />
        </>
      )}
      {stock.length > 0 && <Stock rows={stock} />}
      {dated.length > 0 && <Dated rows={dated} />}
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
          {undecided.length > SHOWN && (
            <p className="quiet">
              <FormattedMessage id="proof.more" values={{ count: undecided.length - SHOWN }} />
            </p>
          )}
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
