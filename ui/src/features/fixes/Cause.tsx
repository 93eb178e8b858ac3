import { Button, UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconExternalLink } from "@tabler/icons-react";
import { useId, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Fixed } from "../../api/generated/Fixed";
import type { HeldGroup } from "../../api/generated/HeldGroup";
import type { RecordLine } from "../../api/generated/RecordLine";
import { href, Link } from "../../app/router";
import { Copy } from "../../components/Copy";
import { Money } from "../../components/Money";
import { useOutside } from "../../components/Outside";
import { StateIcon } from "../../components/StateMark";
import { formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import classes from "./Cause.module.css";
import { FixPanel } from "./FixPanel";
import { useRemedy } from "./useFix";

interface CauseProps {
  id: string;
  group: HeldGroup;
  opened: boolean;
  onToggle: (open: boolean) => void;
  /** What is being tried again now. */
  tried: string | undefined;
  disabled: boolean;
  /** Everything of the cause, or one record. */
  onRetry: (name: string, record?: RecordLine) => void;
  onKept: (fixed: Fixed, book: boolean) => void;
}

/** One cause: what it is, how many records and how much money wait for it, what to do, and the button. */
export function Cause({ id, group, opened, onToggle, tried, disabled, onRetry, onKept }: CauseProps) {
  const intl = useIntl();
  const words = useWords();
  const panel = useId();
  const { reason, count, money } = group;
  const remedy = words.remedy(reason);
  const [fixing, setFixing] = useState(false);
  const inPlace = group.remedy !== "elsewhere";
  return (
    <article className={classes.cause} aria-labelledby={`${panel}-title`}>
      <div className={classes.head}>
        <div className={classes.words}>
          <h2 id={`${panel}-title`} className={classes.title}>
            <span className={classes.icon}>
              <StateIcon state="held" size={18} />
            </span>
            {words.cause(reason)}
          </h2>
          {words.isWhole(reason) && <p className={classes.sentence}>{words.reason(reason)}</p>}
          {remedy !== undefined && <p className={classes.remedy}>{remedy}</p>}
        </div>
        <div className={classes.figures}>
          <span className={classes.count}>
            <FormattedMessage id="fixes.records.count" values={{ count, shown: formatCount(intl.locale, count) }} />
          </span>
          {money.map((amount) => (
            <Money key={amount.currency} amount={amount} />
          ))}
        </div>
        <div className={classes.actions}>
          {inPlace && (
            <Button
              variant={fixing ? "default" : "filled"}
              aria-expanded={fixing}
              aria-controls={`${panel}-fix`}
              onClick={() => setFixing(!fixing)}
            >
              <FormattedMessage id={fixing ? "close" : "fixes.fix"} />
            </Button>
          )}
          <Button
            variant={inPlace ? "default" : "filled"}
            disabled={disabled && tried !== id}
            loading={tried === id}
            onClick={() => onRetry(id)}
          >
            <FormattedMessage id="fixes.retry" values={{ count, shown: formatCount(intl.locale, count) }} />
          </Button>
        </div>
      </div>
      {inPlace && (
        <div id={`${panel}-fix`} hidden={!fixing}>
          {fixing && <FixPanel group={group} disabled={disabled} onKept={onKept} />}
        </div>
      )}
      <div className={classes.foot}>
        <UnstyledButton
          className={classes.toggle}
          aria-expanded={opened}
          aria-controls={panel}
          onClick={() => onToggle(!opened)}
        >
          <IconChevronRight size={16} aria-hidden="true" className={classes.chevron} />
          <FormattedMessage id={opened ? "fixes.hide" : "fixes.show"} />
        </UnstyledButton>
        {!inPlace && <ShopLink group={group} />}
        <span className={classes.code}>
          {reason.code}
          <Copy text={reason.code} what={reason.code} />
        </span>
      </div>
      <div id={panel} hidden={!opened}>
        {opened && <Records group={group} tried={tried} disabled={disabled} onRetry={onRetry} />}
      </div>
    </article>
  );
}

/** Where it is repaired in the shop, the first of the records is one click away. */
function ShopLink({ group }: { group: HeldGroup }) {
  const outside = useOutside();
  const page = useRemedy(group).data?.shop_page;
  if (page == null) return null;
  return (
    <UnstyledButton className={classes.toggle} onClick={() => outside(page.url)}>
      <IconExternalLink size={16} aria-hidden="true" />
      <FormattedMessage id="fixes.choice.shop" values={{ name: page.name }} />
    </UnstyledButton>
  );
}

function Records({ group, tried, disabled, onRetry }: Pick<CauseProps, "group" | "tried" | "disabled" | "onRetry">) {
  const intl = useIntl();
  const words = useWords();
  const { records, count } = group;
  const differ = new Set(records.map((record) => JSON.stringify(record.reason?.params ?? null))).size > 1;
  return (
    <div className={classes.scroll}>
      <table className={classes.records}>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">
              <FormattedMessage id="activity.record" />
            </th>
            <th scope="col">
              <FormattedMessage id="records.why" />
            </th>
            <th scope="col">
              <FormattedMessage id="records.amount" />
            </th>
            <th scope="col">
              <FormattedMessage id="fixes.retryOne" />
            </th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => {
            const key = `${record.kind}/${record.id}`;
            return (
              <tr key={key}>
                <th scope="row">
                  <Link to={href("records", record.kind, record.id)}>{record.name}</Link>
                </th>
                <td className={classes.what}>
                  {differ && record.reason !== null ? words.reason(record.reason) : record.party}
                </td>
                <td className={classes.amount}>{record.amount !== null && <Money amount={record.amount} />}</td>
                <td className={classes.one}>
                  <Button
                    size="compact-sm"
                    variant="default"
                    disabled={disabled && tried !== key}
                    loading={tried === key}
                    aria-label={intl.formatMessage({ id: "fixes.retryOne.label" }, { name: record.name })}
                    onClick={() => onRetry(key, record)}
                  >
                    <FormattedMessage id="fixes.retryOne" />
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {count > records.length && (
        <p className={classes.rest}>
          <FormattedMessage
            id="fixes.rest"
            values={{ count: count - records.length, shown: formatCount(intl.locale, count - records.length) }}
          />
        </p>
      )}
    </div>
  );
}
