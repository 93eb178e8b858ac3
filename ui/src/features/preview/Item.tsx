import { CloseButton, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { PreviewFact } from "../../api/generated/PreviewFact";
import type { PreviewItem } from "../../api/generated/PreviewItem";
import type { PreviewLine } from "../../api/generated/PreviewLine";
import type { PreviewPosting } from "../../api/generated/PreviewPosting";
import { keys } from "../../api/queries";
import { href, Link } from "../../app/router";
import { useBackend } from "../../backend/context";
import { DocumentLines } from "../../components/DocumentLines";
import { Money } from "../../components/Money";
import { Notice } from "../../components/Notice";
import { Trouble } from "../../components/Trouble";
import { formatCount, formatDecimal } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { useFactWords } from "./facts";
import classes from "./Preview.module.css";
import { whatWords } from "./words";

/** As in the style sheet. */
const LOW = "(max-height: 720px)";

/** All of one row: heads, lines, VAT, accounts, before and after. */
export function Item({ line, onClose }: { line: PreviewLine; onClose: () => void }) {
  const panel = useRef<HTMLElement>(null);
  // In a low window it is in the list's place.
  useEffect(() => {
    if (window.matchMedia(LOW).matches) panel.current?.focus();
  }, []);
  const intl = useIntl();
  const words = useWords();
  const backend = useBackend();
  const item = useQuery({
    queryKey: [...keys.preview, "item", line.kind, line.id, line.digest],
    queryFn: () => backend.call("preview_item", { kind: line.kind, id: line.id }),
  });
  // What is open may have been looked at again since its row was read.
  const shown = item.data?.line ?? line;
  return (
    <section ref={panel} tabIndex={-1} className={classes.item} aria-label={intl.formatMessage({ id: "preview.item" })}>
      <header className={classes.itemHead}>
        <div>
          <h2 className={classes.itemTitle}>
            {words.value("record", shown.kind)} {shown.name}
          </h2>
          <p className={classes.itemWhat}>
            {shown.what !== null && whatWords(words, shown.what)}
            {shown.amount !== null && (
              <>
                {shown.what !== null && " \u00b7 "}
                <Money amount={shown.amount} />
              </>
            )}
          </p>
        </div>
        <CloseButton aria-label={intl.formatMessage({ id: "preview.close" })} onClick={onClose} />
      </header>
      {shown.reason !== null && (
        <Notice tone={shown.outcome === "held" ? "needs" : shown.outcome === "waiting" ? "waiting" : "quiet"}>
          <p className={classes.sentence}>{words.reason(shown.reason)}</p>
          <p className={classes.sentence}>{words.remedy(shown.reason)}</p>
          {item.data !== undefined && <Remedy item={item.data} />}
        </Notice>
      )}
      {shown.note !== null && (
        <Notice tone="waiting">
          <FormattedMessage id="preview.note" values={{ reason: words.reason(shown.note) }} />
        </Notice>
      )}
      {item.error !== null && <Trouble error={item.error} onRetry={() => item.refetch()} />}
      {item.data === undefined ? (
        item.error === null && <Skeleton height={160} radius="sm" />
      ) : (
        <Whole item={item.data} />
      )}
      {shown.kind !== "product" && shown.kind !== "stock" && (
        <Link to={href("records", shown.kind, shown.id)}>
          <FormattedMessage id="preview.story" />
        </Link>
      )}
    </section>
  );
}

/** Where it is repaired: with the others of its cause, or where the same choice is made. */
function Remedy({ item }: { item: PreviewItem }) {
  const { line, in_fixes, remedy } = item;
  if (in_fixes && line.reason !== null)
    return (
      <Link to={href("fixes", { kind: line.kind, id: line.id, code: line.reason.code })}>
        <FormattedMessage id="preview.fix" />
      </Link>
    );
  if (remedy === "rows")
    return (
      <Link to={href("mapping")}>
        <FormattedMessage id="preview.fix.mapping" />
      </Link>
    );
  if (remedy === "settings")
    return (
      <Link to={href("settings")}>
        <FormattedMessage id="preview.fix.settings" />
      </Link>
    );
  return null;
}

function Whole({ item }: { item: PreviewItem }) {
  const intl = useIntl();
  const words = useWords();
  const part = ["invoice", "credit_note", "payment", "shipment"].includes(item.line.kind);
  const follows = item.follows.map(({ kind, count }) =>
    intl.formatMessage(
      { id: "preview.follows.one" },
      { kind: words.value("record", kind), count: formatCount(intl.locale, count) },
    ),
  );
  return (
    <>
      {item.facts.length > 0 && <Facts facts={item.facts} />}
      {item.lines.length > 0 && (
        <DocumentLines
          lines={item.lines}
          currency={item.currency}
          rule={(name) => words.find(`rule.${name}`) ?? name}
        />
      )}
      {item.vat.length > 0 && (
        <dl className={classes.vat}>
          {item.vat.map(({ rate, amount }) => (
            <div key={rate}>
              <dt>
                <FormattedMessage id="preview.vat" />{" "}
                <FormattedMessage id="preview.vat.rate" values={{ rate: formatDecimal(intl.locale, rate) }} />
              </dt>
              <dd>
                <Money amount={amount} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {item.later !== null && (
        <p className={classes.sentence}>{words.find(`preview.later.${item.later}`) ?? item.later}</p>
      )}
      {item.postings.length > 0 && <Postings postings={item.postings} />}
      {item.steps.length > 1 && (
        <p className={classes.sentence}>
          <FormattedMessage id="preview.steps" />: {item.steps.map((step) => words.value("step", step)).join(", ")}
        </p>
      )}
      {part && item.steps.length > 0 && (
        <p className={classes.quiet}>
          <FormattedMessage id="preview.next" />
        </p>
      )}
      {item.back !== null && (
        <p className={classes.quiet}>
          <FormattedMessage
            id="preview.back"
            values={{
              tagged: item.back.tag !== null,
              tag: item.back.tag,
              paid: item.back.marks_paid,
            }}
          />
        </p>
      )}
      {follows.length > 0 && (
        <p className={classes.quiet}>
          <FormattedMessage id="preview.follows" values={{ list: follows.join(", ") }} />
        </p>
      )}
    </>
  );
}

function Facts({ facts }: { facts: PreviewFact[] }) {
  const words = useFactWords();
  const value = (name: string, text: string | null) => (text === null ? "" : words.value(name, text));
  const changes = facts.some((fact) => fact.before !== null);
  return (
    <table className={classes.facts}>
      {changes && (
        <thead>
          <tr>
            <td />
            <th scope="col">
              <FormattedMessage id="preview.before" />
            </th>
            <th scope="col">
              <FormattedMessage id="preview.after" />
            </th>
          </tr>
        </thead>
      )}
      <tbody>
        {facts.map((fact, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: facts may repeat, and have a fixed order
          <tr key={`${fact.name}-${index}`} data-changed={fact.before !== null || undefined}>
            <th scope="row">
              {words.name(fact.name)}
              {fact.of !== null && <span className={classes.of}>{fact.of}</span>}
            </th>
            {changes && <td>{value(fact.name, fact.before)}</td>}
            <td>{value(fact.name, fact.after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Postings({ postings }: { postings: PreviewPosting[] }) {
  const { locale } = useIntl();
  const taxed = postings.some((posting) => posting.vat_category !== null);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className={classes.box} tabIndex={0}>
      <table className={classes.lines}>
        <thead>
          <tr>
            <th scope="col">
              <FormattedMessage id="preview.account" />
            </th>
            <th scope="col">
              <FormattedMessage id="plan.description" />
            </th>
            {taxed && (
              <th scope="col">
                <FormattedMessage id="preview.fact.vat_category" />
              </th>
            )}
            <th scope="col" data-number="">
              <FormattedMessage id="preview.column.amount" />
            </th>
          </tr>
        </thead>
        <tbody>
          {postings.map((posting, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: postings may repeat, and have a fixed order
            <tr key={`${posting.document}-${index}`}>
              <td>{posting.account}</td>
              <td className={classes.text}>{posting.text}</td>
              {taxed && <td>{posting.vat_category}</td>}
              <td data-number="">{formatDecimal(locale, posting.amount, 2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
