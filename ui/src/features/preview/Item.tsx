import { CloseButton, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { FormattedMessage, useIntl } from "react-intl";
import type { PreviewDocumentLine } from "../../api/generated/PreviewDocumentLine";
import type { PreviewFact } from "../../api/generated/PreviewFact";
import type { PreviewItem } from "../../api/generated/PreviewItem";
import type { PreviewLine } from "../../api/generated/PreviewLine";
import type { PreviewPosting } from "../../api/generated/PreviewPosting";
import { keys } from "../../api/queries";
import { href, Link } from "../../app/router";
import { useBackend } from "../../backend/context";
import { Money } from "../../components/Money";
import { Notice } from "../../components/Notice";
import { Trouble } from "../../components/Trouble";
import { formatAmount, formatCount, formatDay, formatDecimal, isDecimal } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import classes from "./Preview.module.css";
import { whatWords } from "./words";

/** All of one row: heads, lines, VAT, accounts, before and after. */
export function Item({ line, onClose }: { line: PreviewLine; onClose: () => void }) {
  const intl = useIntl();
  const words = useWords();
  const backend = useBackend();
  const item = useQuery({
    queryKey: [...keys.preview, "item", line.kind, line.id, line.digest],
    queryFn: () => backend.call("preview_item", { kind: line.kind, id: line.id }),
  });
  return (
    <section className={classes.item} aria-label={intl.formatMessage({ id: "preview.item" })}>
      <header className={classes.itemHead}>
        <div>
          <h2 className={classes.itemTitle}>
            {words.value("record", line.kind)} {line.name}
          </h2>
          <p className={classes.itemWhat}>
            {line.what !== null && whatWords(words, line.what)}
            {line.amount !== null && (
              <>
                {" "}
                <Money amount={line.amount} />
              </>
            )}
          </p>
        </div>
        <CloseButton aria-label={intl.formatMessage({ id: "preview.close" })} onClick={onClose} />
      </header>
      {line.reason !== null && (
        <Notice tone={line.outcome === "held" ? "needs" : line.outcome === "waiting" ? "waiting" : "quiet"}>
          <p className={classes.sentence}>{words.reason(line.reason)}</p>
          <p className={classes.sentence}>{words.remedy(line.reason)}</p>
        </Notice>
      )}
      {line.note !== null && (
        <Notice tone="waiting">
          <FormattedMessage id="preview.note" values={{ reason: words.reason(line.note) }} />
        </Notice>
      )}
      {item.error !== null && <Trouble error={item.error} onRetry={() => item.refetch()} />}
      {item.data === undefined ? (
        item.error === null && <Skeleton height={160} radius="sm" />
      ) : (
        <Whole item={item.data} />
      )}
      {line.kind !== "product" && line.kind !== "stock" && (
        <Link to={href("records", line.kind, line.id)}>
          <FormattedMessage id="preview.story" />
        </Link>
      )}
    </section>
  );
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
      {item.lines.length > 0 && <Lines lines={item.lines} currency={item.currency} />}
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
      {follows.length > 0 && (
        <p className={classes.quiet}>
          <FormattedMessage id="preview.follows" values={{ list: follows.join(", ") }} />
        </p>
      )}
    </>
  );
}

function Facts({ facts }: { facts: PreviewFact[] }) {
  const intl = useIntl();
  const words = useWords();
  const value = (name: string, text: string | null) => {
    if (text === null) return "";
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return formatDay(intl.locale, text);
    if (isDecimal(text) && ["price", "compare_at", "item_price", "total", "vat", "quantity"].includes(name))
      return formatDecimal(intl.locale, text, text.includes(".") ? 2 : 0);
    return name === "linked_by" ? words.value("by", text) : text;
  };
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
              {words.find(`preview.fact.${fact.name}`) ?? fact.name}
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

const CHANGES = ["same", "new", "changed", "gone"] as const;

function Lines({ lines, currency }: { lines: PreviewDocumentLine[]; currency: string | null }) {
  const { locale } = useIntl();
  const words = useWords();
  const money = (text: string) =>
    currency === null ? formatDecimal(locale, text) : formatAmount(locale, text, currency);
  const all = lines.every((line) => line.change === "new");
  const was = (line: PreviewDocumentLine, field: keyof PreviewDocumentLine["line"], shown: (text: string) => string) =>
    line.before !== null &&
    line.fields.includes(field) && (
      <span className={classes.was}>
        <FormattedMessage id="preview.was" values={{ value: shown(line.before[field]) }} />
      </span>
    );
  const plain = (text: string) => text;
  const number = (text: string) => formatDecimal(locale, text);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div className={classes.box} tabIndex={0}>
      <table className={classes.lines}>
        <thead>
          <tr>
            {!all && (
              <th scope="col">
                <FormattedMessage id="preview.change" />
              </th>
            )}
            <th scope="col">
              <FormattedMessage id="plan.item" />
            </th>
            <th scope="col">
              <FormattedMessage id="plan.description" />
            </th>
            <th scope="col" data-number="">
              <FormattedMessage id="plan.quantity" />
            </th>
            <th scope="col" data-number="">
              <FormattedMessage id="plan.price" />
            </th>
            <th scope="col" data-number="">
              <FormattedMessage id="plan.discount" />
            </th>
            <th scope="col" data-number="">
              <FormattedMessage id="plan.net" />
            </th>
            <th scope="col" data-number="">
              <FormattedMessage id="plan.vat" />
            </th>
            <th scope="col">
              <FormattedMessage id="plan.rule" />
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((one, index) => {
            const { line, change } = one;
            const known = CHANGES.find((name) => name === change) ?? "same";
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts may repeat, and have a fixed order
              <tr key={`${line.part}-${index}`} data-change={change}>
                {!all && (
                  <td>
                    <FormattedMessage id={`preview.change.${known}`} />
                  </td>
                )}
                <td>
                  {line.item}
                  {was(one, "item", plain)}
                </td>
                <td className={classes.text}>
                  {line.description}
                  {was(one, "description", plain)}
                </td>
                <td data-number="">
                  {number(line.quantity)}
                  {was(one, "quantity", number)}
                </td>
                <td data-number="">
                  {money(line.unit_price)}
                  {was(one, "unit_price", money)}
                </td>
                <td data-number="">
                  {/^-?0*(\.0*)?$/.test(line.discount) ? "" : money(line.discount)}
                  {was(one, "discount", money)}
                </td>
                <td data-number="">{money(line.net)}</td>
                <td data-number="">
                  {line.vat_percent !== "" && `${number(line.vat_percent)}\u00a0% `}
                  {line.vat_category}
                  {was(one, "vat_category", plain)}
                </td>
                <td className={classes.rule}>{line.rule !== "" && (words.find(`rule.${line.rule}`) ?? line.rule)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Postings({ postings }: { postings: PreviewPosting[] }) {
  const { locale } = useIntl();
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
              <td data-number="">{formatDecimal(locale, posting.amount, 2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
