import { Button, CloseButton, Radio, Stack } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { AlreadyDocument } from "../../api/generated/AlreadyDocument";
import type { AlreadyLine } from "../../api/generated/AlreadyLine";
import type { AlreadyPick } from "../../api/generated/AlreadyPick";
import { href, Link } from "../../app/router";
import { Money } from "../../components/Money";
import { When } from "../../components/When";
import { formatDay, formatDecimal } from "../../i18n/format";
import classes from "./Preview.module.css";

const OTHERS = ["skip", "create", "ask"] as const;

interface AlreadyOrderProps {
  line: AlreadyLine;
  busy: boolean;
  onChoose: (pick: AlreadyPick) => void;
  onClose: () => void;
}

/** One order: every document that fits it, and what shall become of it. */
export function AlreadyOrder({ line, busy, onChoose, onClose }: AlreadyOrderProps) {
  const intl = useIntl();
  const here = useRef<HTMLElement>(null);
  const [picked, setPicked] = useState(optionOf(line.choice));
  const title = intl.formatMessage({ id: "already.choice.of" }, { name: line.name });
  // Whoever opened it by the keyboard goes on from here.
  useEffect(() => here.current?.focus(), []);
  const pick = pickOf(line, picked);
  return (
    <section ref={here} tabIndex={-1} className={classes.item} aria-label={title}>
      <header className={classes.itemHead}>
        <div>
          <h2 className={classes.itemTitle}>{line.name}</h2>
          <p className={classes.itemWhat}>
            {line.party} {line.amount !== null && <Money amount={line.amount} />}{" "}
            {line.happened !== null && <When at={line.happened} />}
          </p>
        </div>
        <CloseButton aria-label={intl.formatMessage({ id: "preview.close" })} onClick={onClose} />
      </header>
      {line.booked ? (
        <p className={classes.quiet}>
          <FormattedMessage id="already.booked" />
        </p>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (pick !== null) onChoose(pick);
          }}
        >
          <Radio.Group label={title} value={picked} onChange={setPicked}>
            <Stack gap={8} my={8}>
              {line.found.map((document) => (
                <Radio
                  key={document.number}
                  value={optionOf({ fate: "link", document: document.number })}
                  label={intl.formatMessage({ id: "already.choose.one" }, { document: document.number })}
                  description={<Described document={document} />}
                  disabled={document.taken_by !== null}
                />
              ))}
              {OTHERS.map((fate) => (
                <Radio key={fate} value={fate} label={intl.formatMessage({ id: `already.choose.${fate}` })} />
              ))}
            </Stack>
          </Radio.Group>
          <Button type="submit" disabled={pick === null} loading={busy}>
            <FormattedMessage id="already.choose" />
          </Button>
        </form>
      )}
      <Link to={href("records", "order", line.id)}>
        <FormattedMessage id="preview.story" />
      </Link>
    </section>
  );
}

/** What tells it from the others. */
function Described({ document }: { document: AlreadyDocument }) {
  const intl = useIntl();
  const { kind, total, currency, date, customer, taken_by } = document;
  const parts = [
    intl.formatMessage({ id: `already.kind.${kind}` }),
    date === null ? null : formatDay(intl.locale, date),
    [formatDecimal(intl.locale, total, 2), currency].filter((part) => part !== null).join(" "),
    customer,
    taken_by === null ? null : intl.formatMessage({ id: "already.taken" }, { name: taken_by }),
  ];
  return parts.filter((part) => part !== null).join(" \u00b7 ");
}

/** Names one option; a document's number is no other option's name. */
function optionOf(pick: AlreadyPick): string {
  return pick.fate === "link" ? `link/${pick.document}` : pick.fate;
}

/** What an option stands for; none where it is what holds already. */
function pickOf(line: AlreadyLine, value: string): AlreadyPick | null {
  if (value === optionOf(line.choice)) return null;
  const fate = OTHERS.find((one) => one === value);
  if (fate !== undefined) return { fate };
  const document = line.found.find((one) => value === `link/${one.number}`);
  return document === undefined ? null : { fate: "link", document: document.number };
}
