import { Button, Skeleton } from "@mantine/core";
import { IconCircleCheck, IconClock, IconFileInvoice, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { RecordKey } from "../../api/generated/RecordKey";
import type { SampleDocument } from "../../api/generated/SampleDocument";
import type { SampleView } from "../../api/generated/SampleView";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { Empty } from "../../components/Empty";
import { FilterBox } from "../../components/FilterBox";
import { Money } from "../../components/Money";
import { Notice } from "../../components/Notice";
import { StateMark } from "../../components/StateMark";
import { Trouble } from "../../components/Trouble";
import { formatAmount, formatDay, formatDecimal } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { Facts } from "../records/Facts";
import { Plan } from "../records/Plan";
import { Heading } from "./Halves";
import own from "./Sample.module.css";
import classes from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { Testing } from "./Testing";

const SHOWN = 50;

/** One real order: what it would become, to the cent; then, if that is wanted, sent and read back. */
export function SampleStep({ draft, onDraft, foot, onNext, going }: StepProps) {
  const intl = useIntl();
  const backend = useBackend();
  const [search, setSearch] = useState("");
  const onSearch = useCallback((text: string) => setSearch(text), []);
  const orders = useQuery({
    queryKey: [...keys.records, "order", null, search, "sample"],
    queryFn: () =>
      backend.call("records", {
        kind: "order",
        state: null,
        search: search === "" ? null : search,
        offset: 0,
        limit: SHOWN,
      }),
  });
  const rows = orders.data?.rows ?? [];
  // The newest that would be booked is as good as any.
  const usual = rows.find((row) => row.state === "new")?.id ?? rows[0]?.id;
  const chosen = draft.order ?? usual;
  // It stays chosen when it is sent, and is no longer new.
  useEffect(() => {
    if (draft.order === undefined && usual !== undefined) onDraft({ order: usual });
  }, [draft.order, usual, onDraft]);
  return (
    <>
      <Heading
        title={<FormattedMessage id="setup.sample.title" />}
        lead={<FormattedMessage id="setup.sample.lead" />}
      />
      <div className={own.sample}>
        <section className={own.orders} aria-label={intl.formatMessage({ id: "setup.sample.choose" })}>
          <FilterBox label={intl.formatMessage({ id: "setup.sample.search" })} value={search} onChange={onSearch} />
          {orders.error !== null && <Trouble error={orders.error} onRetry={() => orders.refetch()} />}
          {orders.data !== undefined && rows.length === 0 && (
            <Empty title={<FormattedMessage id="setup.sample.none" />}>
              <FormattedMessage id="setup.sample.none.more" />
            </Empty>
          )}
          <ul className={own.orderList}>
            {rows.map((row) => (
              <li key={row.id}>
                <button
                  type="button"
                  className={own.order}
                  aria-pressed={row.id === chosen}
                  onClick={() => onDraft({ order: row.id })}
                >
                  <span className={own.orderName}>
                    <strong>{row.name}</strong>
                    <span className={own.orderParty}>{row.party}</span>
                  </span>
                  <span className={own.orderSide}>
                    {row.amount !== null && <Money amount={row.amount} />}
                    <StateMark state={row.state} />
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
        <section className={own.becomes} aria-label={intl.formatMessage({ id: "setup.sample.becomes" })}>
          {chosen !== undefined && <Becomes key={chosen} id={chosen} />}
        </section>
      </div>
      {foot(
        <Button loading={going} onClick={onNext}>
          <FormattedMessage id="setup.next" />
        </Button>,
      )}
    </>
  );
}

function Becomes({ id }: { id: string }) {
  const backend = useBackend();
  const client = useQueryClient();
  const key: RecordKey = { kind: "order", id };
  const queryKey = ["sample", id];
  const sample = useQuery({ queryKey, queryFn: () => backend.call("sample", key), staleTime: 0 });
  const send = useMutation({
    mutationFn: () => backend.call("sample_send", key),
    onSuccess: async (after) => {
      client.setQueryData(queryKey, after);
      await client.invalidateQueries({ queryKey: keys.records });
    },
  });
  if (sample.error !== null) return <Trouble error={sample.error} onRetry={() => sample.refetch()} />;
  if (sample.data === undefined) return <Skeleton height={280} radius="sm" />;
  const view = sample.data;
  return (
    <>
      <Outcome view={view} />
      {view.documents.length > 0 && (
        <ol className={own.documents}>
          {view.documents.map((document, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: documents may be alike, and have a fixed order
            <Document key={`${document.kind}-${index}`} document={document} />
          ))}
        </ol>
      )}
      {view.documents.some((document) => document.when === "follows") && (
        <p className={own.documentMore}>
          <FormattedMessage id="setup.sample.follows" />
        </p>
      )}
      {view.outcome === "book" && (
        <div className={own.send}>
          <p>
            <FormattedMessage id="setup.sample.send.more" />
          </p>
          <Button variant="light" loading={send.isPending} onClick={() => send.mutate()}>
            <FormattedMessage id="setup.sample.send" values={{ name: view.record.name }} />
          </Button>
        </div>
      )}
      {send.isPending && <Testing what="Visma.net" />}
      {send.error !== null && <Trouble error={send.error} />}
      {view.record.erp_number !== null && view.facts.length > 0 && <Facts facts={view.facts} />}
      {view.plan.length > 0 && <Plan lines={view.plan} currency={view.currency} booked={view.outcome === "booked"} />}
    </>
  );
}

function Outcome({ view }: { view: SampleView }) {
  const words = useWords();
  const { outcome, reason, record } = view;
  if (outcome === "book" || outcome === "booked") {
    const proven = outcome === "booked" && view.facts.every((fact) => fact.agrees !== false);
    return (
      <Notice tone={outcome === "book" ? "quiet" : proven ? "proven" : "needs"}>
        <p className={classes.foundText} role="status">
          <FormattedMessage
            id={outcome === "book" ? "setup.sample.book" : proven ? "setup.sample.booked" : "setup.sample.differs"}
            values={{ name: record.name, number: record.erp_number ?? "" }}
          />
        </p>
      </Notice>
    );
  }
  return (
    <Notice tone={outcome === "held" ? "needs" : outcome === "waiting" ? "waiting" : "quiet"}>
      <p className={classes.foundText} role="status">
        {reason === null ? record.name : words.reason(reason)}
      </p>
      {reason !== null && <p className={classes.remedy}>{words.remedy(reason)}</p>}
    </Notice>
  );
}

const WHEN = { make: IconPlus, use: IconCircleCheck, later: IconClock, follows: IconClock } as const;

function Document({ document }: { document: SampleDocument }) {
  const intl = useIntl();
  const words = useWords();
  const { kind, when, name, date, total, vat, place } = document;
  const Icon = when in WHEN ? WHEN[when as keyof typeof WHEN] : IconFileInvoice;
  return (
    <li className={own.document}>
      <Icon size={18} aria-hidden="true" className={own.documentIcon} />
      <div className={own.documentWords}>
        <p className={own.documentTitle}>
          {words.find(`setup.document.${kind}`) ?? kind} <span>{name}</span>
        </p>
        <p className={own.documentMore}>
          {[
            words.find(`setup.when.${when}`),
            date === null ? undefined : formatDay(intl.locale, date),
            place === null ? undefined : words.find(`setup.place.${kind}`, { place }),
          ]
            .filter(Boolean)
            .join(" \u00b7 ")}
        </p>
        {vat.map(({ rate, amount }) => (
          <p key={rate} className={own.documentMore}>
            <FormattedMessage
              id="setup.sample.vat"
              values={{
                rate: formatDecimal(intl.locale, rate),
                amount: `${formatAmount(intl.locale, amount.amount, amount.currency)}\u00a0${amount.currency}`,
              }}
            />
          </p>
        ))}
      </div>
      {total !== null && (
        <strong className={own.documentTotal}>
          <Money amount={total} />
        </strong>
      )}
    </li>
  );
}
