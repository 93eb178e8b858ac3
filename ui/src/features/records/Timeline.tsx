import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Exchange } from "../../api/generated/Exchange";
import type { RecordLine } from "../../api/generated/RecordLine";
import type { StoryStep } from "../../api/generated/StoryStep";
import { Copy } from "../../components/Copy";
import { LevelIcon } from "../../components/LevelIcon";
import { When } from "../../components/When";
import { formatCount } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { readableJson } from "./json";
import classes from "./Timeline.module.css";

/** What happened to the record, oldest first; each exchange opens its request and answer, redacted. */
export function Timeline({ steps, record }: { steps: StoryStep[]; record: RecordLine }) {
  return (
    <ol className={classes.steps}>
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps have no id, and are only ever added at the end
        <Step key={`${step.at}-${step.event}-${index}`} step={step} record={record} />
      ))}
    </ol>
  );
}

function Step({ step, record }: { step: StoryStep; record: RecordLine }) {
  const words = useWords();
  const panel = useId();
  const [opened, setOpened] = useState(false);
  const { exchange } = step;
  const params = exchange === null ? step.params : { remote: exchange.remote, ...step.params };
  const text = words.event({ event: step.event, params, kind: record.kind, name: record.name });
  return (
    <li className={classes.step}>
      <div className={classes.line}>
        <span className={classes.at}>
          <When at={step.at} style="day-second" />
        </span>
        <LevelIcon level={step.level} />
        <span className={classes.text}>
          {text}
          {exchange !== null && <span className={classes.target}>{exchange.path}</span>}
        </span>
        {exchange !== null && (
          <UnstyledButton
            className={classes.toggle}
            aria-expanded={opened}
            aria-controls={panel}
            onClick={() => setOpened(!opened)}
          >
            <span className={classes.call}>
              {exchange.method} {exchange.status ?? "\u2013"}
            </span>
            <IconChevronRight size={16} aria-hidden="true" className={classes.chevron} />
            <span className="visually-hidden">
              <FormattedMessage id={opened ? "exchange.hide" : "exchange.show"} />
            </span>
          </UnstyledButton>
        )}
      </div>
      {exchange !== null && (
        <div id={panel} hidden={!opened}>
          {opened && <ExchangeDetail exchange={exchange} />}
        </div>
      )}
    </li>
  );
}

function ExchangeDetail({ exchange }: { exchange: Exchange }) {
  const intl = useIntl();
  const words = useWords();
  return (
    <div className={classes.exchange}>
      <p className={classes.summary}>
        <span className={classes.path}>
          {words.value("remote", exchange.remote)} {"\u00b7"} {exchange.method} {exchange.path}
        </span>
        <Copy text={`${exchange.method} ${exchange.path}`} what={intl.formatMessage({ id: "exchange.path" })} />
        <span className="quiet">
          {exchange.status === null ? (
            <FormattedMessage id="exchange.noAnswer" />
          ) : (
            <FormattedMessage
              id="exchange.status"
              values={{ status: exchange.status, millis: formatCount(intl.locale, exchange.millis) }}
            />
          )}
        </span>
      </p>
      {exchange.request !== null && (
        <Body title={intl.formatMessage({ id: "exchange.request" })} text={exchange.request} />
      )}
      {exchange.answer !== null && (
        <Body title={intl.formatMessage({ id: "exchange.answer" })} text={exchange.answer} />
      )}
    </div>
  );
}

function Body({ title, text }: { title: string; text: string }) {
  return (
    <div className={classes.body}>
      <p className={classes.bodyTitle}>
        {title}
        <Copy text={text} what={title} />
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className={classes.code} tabIndex={0}>
        {readableJson(text)}
      </pre>
    </div>
  );
}
