import { Button, Progress, Skeleton } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconPrinter } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { ProofProgress } from "../../api/generated/ProofProgress";
import type { ProofResult } from "../../api/generated/ProofResult";
import { keys, useOverview, useProof } from "../../api/queries";
import { href, Link } from "../../app/router";
import { useBackend } from "../../backend/context";
import { Empty } from "../../components/Empty";
import { Notice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Trouble } from "../../components/Trouble";
import { When } from "../../components/When";
import { formatCount, formatDecimal } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { className } from "./account";
import { Days } from "./Days";
import { Dated, Differences } from "./Differences";
import { Export } from "./Export";
import { PaperDays, PaperHead } from "./PrintedProof";
import classes from "./ProofPage.module.css";
import { Stock } from "./Stock";
import { SHOWN } from "./shown";

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
  const { checked, differences, explained, undecided, days, stock, dated } = proof;
  const equal = differences.length === 0;
  return (
    <>
      <PaperHead days={days} />
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
