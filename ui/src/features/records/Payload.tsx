import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { Copy } from "../../components/Copy";
import { readableJson } from "./json";
import classes from "./Payload.module.css";
import timeline from "./Timeline.module.css";

/** The shop's own record as it was read last, for the curious. */
export function Payload({ text }: { text: string }) {
  const intl = useIntl();
  const panel = useId();
  const [opened, setOpened] = useState(false);
  const title = intl.formatMessage({ id: "story.payload" });
  return (
    <section>
      <h2 className={classes.heading}>
        <UnstyledButton
          className={timeline.toggle}
          aria-expanded={opened}
          aria-controls={panel}
          onClick={() => setOpened(!opened)}
        >
          <IconChevronRight size={16} aria-hidden="true" className={timeline.chevron} />
          <span className={classes.title}>{title}</span>
        </UnstyledButton>
        <Copy text={text} what={title} />
      </h2>
      <p className={classes.lead}>
        <FormattedMessage id="story.payload.lead" />
      </p>
      <div id={panel} hidden={!opened}>
        {opened && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <pre className={timeline.code} tabIndex={0}>
            {readableJson(text)}
          </pre>
        )}
      </div>
    </section>
  );
}
