import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useIntl } from "react-intl";

/** Copies a text and says so. */
export function Copy({ text, what }: { text: string; what: string }) {
  const intl = useIntl();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  const label = copied ? intl.formatMessage({ id: "copy.done" }) : intl.formatMessage({ id: "copy.this" }, { what });
  return (
    <>
      <Tooltip label={label} {...(copied ? { opened: true } : {})}>
        <ActionIcon
          variant="subtle"
          color={copied ? "green" : "gray"}
          c={copied ? "var(--b-proven)" : "var(--b-quiet)"}
          size="sm"
          aria-label={intl.formatMessage({ id: "copy.this" }, { what })}
          onClick={async (event) => {
            event.stopPropagation();
            setCopied(await copy(text));
          }}
        >
          {copied ? <IconCheck size={14} aria-hidden="true" /> : <IconCopy size={14} aria-hidden="true" />}
        </ActionIcon>
      </Tooltip>
      <span className="visually-hidden" aria-live="polite">
        {copied ? label : ""}
      </span>
    </>
  );
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Some web views give no clipboard to a page that was not served by https; a selection can still be copied there. */
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
