import { Button, Skeleton } from "@mantine/core";
import { IconArrowLeft, IconExternalLink } from "@tabler/icons-react";
import { useEffect } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { RecordKey } from "../../api/generated/RecordKey";
import type { Story } from "../../api/generated/Story";
import { useStory } from "../../api/queries";
import { go, href, Link } from "../../app/router";
import { Copy } from "../../components/Copy";
import { Empty } from "../../components/Empty";
import { Money } from "../../components/Money";
import { Notice } from "../../components/Notice";
import { useOutside } from "../../components/Outside";
import { Page } from "../../components/Page";
import { StateMark } from "../../components/StateMark";
import { Trouble } from "../../components/Trouble";
import { useWords } from "../../i18n/useWords";
import { Facts } from "./Facts";
import { Parts } from "./Parts";
import { Payload } from "./Payload";
import { Plan } from "./Plan";
import { RetryRecord } from "./RetryRecord";
import classes from "./StoryPage.module.css";
import { Timeline } from "./Timeline";

export function StoryPage({ recordKey }: { recordKey: RecordKey }) {
  const story = useStory(recordKey);
  const list = href("records", { kind: recordKey.kind });
  useBackOnEscape(list);

  const back = (
    <Link to={list} className={classes.back}>
      <IconArrowLeft size={16} aria-hidden="true" />
      <FormattedMessage id="nav.records" />
    </Link>
  );

  if (story.data === undefined) {
    return (
      <Page back={back} title={<FormattedMessage id="story.title" values={{ kind: recordKey.kind, name: "" }} />}>
        {story.error === null ? (
          <Skeleton height={240} radius="sm" maw={1100} />
        ) : (
          <Trouble error={story.error} onRetry={() => story.refetch()} />
        )}
      </Page>
    );
  }
  return <StoryContent story={story.data} back={back} />;
}

function StoryContent({ story, back }: { story: Story; back: React.ReactNode }) {
  const intl = useIntl();
  const words = useWords();
  const outside = useOutside();
  const { record, shopify_url: url } = story;
  const title = intl.formatMessage({ id: "story.title" }, { kind: record.kind, name: record.name });
  return (
    <Page
      back={back}
      title={
        <>
          <span>{title}</span>
          <Copy text={record.name} what={record.name} />
          <span className={classes.state}>
            <StateMark state={record.state} />
          </span>
        </>
      }
      lead={
        <span className={classes.lead}>
          {record.party !== null && <span>{record.party}</span>}
          {record.amount !== null && <Money amount={record.amount} />}
          {record.erp_number !== null && (
            <span className={classes.erp}>
              {record.erp_number}
              <Copy text={record.erp_number} what={record.erp_number} />
            </span>
          )}
        </span>
      }
      actions={
        <>
          {url !== null && (
            <Button
              variant="default"
              rightSection={<IconExternalLink size={16} aria-hidden="true" />}
              onClick={() => outside(url)}
            >
              <FormattedMessage id="story.shopify" />
            </Button>
          )}
          {record.state === "held" && <RetryRecord record={record} />}
        </>
      }
    >
      <div className={classes.content}>
        {record.reason !== null && (
          <Notice tone={record.state === "held" ? "needs" : record.state === "waiting" ? "waiting" : "quiet"}>
            <p className={classes.reason}>{words.reason(record.reason)}</p>
            <p className={classes.remedy}>{words.remedy(record.reason)}</p>
            <p className={classes.code}>
              {record.reason.code}
              <Copy text={record.reason.code} what={record.reason.code} />
            </p>
          </Notice>
        )}
        {story.order !== null && (
          <p>
            <Link to={href("records", story.order.kind, story.order.id)}>
              <FormattedMessage id="story.partOf" values={{ name: story.order.name }} />
            </Link>
          </p>
        )}
        {story.facts.length > 0 && <Facts facts={story.facts} />}
        {story.plan.length > 0 && (
          <Plan lines={story.plan} currency={record.amount?.currency} booked={record.state === "booked"} />
        )}
        {story.parts.length > 0 && <Parts parts={story.parts} self={record} />}
        <section>
          <h2 className={classes.heading}>
            <FormattedMessage id="story.timeline" />
          </h2>
          {story.steps.length === 0 ? (
            <Empty title={<FormattedMessage id="story.timeline.empty" />} />
          ) : (
            <Timeline steps={story.steps} record={record} />
          )}
        </section>
        {story.payload !== null && <Payload text={story.payload} />}
      </div>
    </Page>
  );
}

/** Escape goes back to the list, unless something above the page is open or is being typed in. */
function useBackOnEscape(list: string) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (document.querySelector('[role="dialog"], [role="menu"]') !== null) return;
      if (event.target instanceof HTMLInputElement) return;
      if (window.history.length > 1) window.history.back();
      else go(list);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [list]);
}
