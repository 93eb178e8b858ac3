import { Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { Fragment, type ReactNode, useId, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { Copy } from "../../components/Copy";
import { useOpen } from "../../components/useOpen";
import { Picture, type PictureName } from "./Picture";
import classes from "./Setup.module.css";

export interface GuideStep {
  id: string;
  title: ReactNode;
  body: ReactNode;
  picture: PictureName;
  /** What stands on the picture in the place of an example. */
  written?: string;
  /** A page to open for it. */
  link?: string;
  /** Texts to copy for it. */
  copy?: { label: string; text: string; long?: boolean }[];
}

/** What to click in the other place, one thing at a time, each with a picture of where. */
export function Guide({ steps }: { steps: GuideStep[] }) {
  const intl = useIntl();
  const [open, setOpen] = useState(0);
  const browser = useOpen();
  const base = useId();
  return (
    <ol className={classes.guideSteps}>
      {steps.map((step, index) => {
        const here = index === open;
        return (
          <li key={step.id} className={classes.guideStep} data-open={here || undefined}>
            <button
              type="button"
              className={classes.guideTitle}
              aria-expanded={here}
              aria-controls={`${base}-${step.id}`}
              onClick={() => setOpen(index)}
            >
              <span className={classes.guideNumber} aria-hidden="true">
                {index + 1}
              </span>
              {step.title}
            </button>
            <div id={`${base}-${step.id}`} className={classes.guideBody} hidden={!here}>
              <p>{step.body}</p>
              {step.copy?.map(({ label, text, long }) => (
                <div key={label} className={classes.copy} data-long={long || undefined}>
                  <span className={classes.copyLabel}>{label}</span>
                  <code>{breakable(text)}</code>
                  <Copy text={text} what={label} />
                </div>
              ))}
              <Picture name={step.picture} written={step.written} />
              <div className={classes.guideActions}>
                {step.link !== undefined && (
                  <Button
                    variant="default"
                    size="compact-md"
                    rightSection={<IconExternalLink size={14} aria-hidden="true" />}
                    onClick={() => step.link !== undefined && browser.open(step.link)}
                  >
                    {new URL(step.link).host}
                  </Button>
                )}
                {index < steps.length - 1 && (
                  <Button variant="light" size="compact-md" onClick={() => setOpen(index + 1)}>
                    <FormattedMessage id="setup.guide.next" />
                  </Button>
                )}
              </div>
              {step.link !== undefined && browser.unopened?.url === step.link && (
                <div className={classes.unopened} role="alert">
                  <p>
                    <FormattedMessage id="setup.unopened" />
                  </p>
                  <div className={classes.copy}>
                    <code>{step.link}</code>
                    <Copy text={step.link} what={intl.formatMessage({ id: "setup.signIn.address" })} />
                  </div>
                </div>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** A list without spaces breaks after its commas, not in the middle of a word. */
function breakable(text: string): ReactNode {
  return text.split(",").map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text that never moves
    <Fragment key={index}>
      {index > 0 && (
        <>
          ,<wbr />
        </>
      )}
      {part}
    </Fragment>
  ));
}
