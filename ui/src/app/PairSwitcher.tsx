import { Button, Loader, Menu, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { IconArchive, IconPencil, IconPlus, IconSelector } from "@tabler/icons-react";
import { type FormEvent, type RefObject, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { PairLine } from "../api/generated/PairLine";
import { Copy } from "../components/Copy";
import { Dialog } from "../components/Dialog";
import { Mark } from "../components/Mark";
import { StateIcon } from "../components/StateMark";
import { Trouble } from "../components/Trouble";
import { useWords } from "../i18n/useWords";
import { standing } from "./health";
import classes from "./PairSwitcher.module.css";
import { nameOf, usePairs } from "./pairs";

/** The mark, the name of the pair that is shown, and the way to the others and to a new one. */
export function PairSwitcher({ small, practice }: { small: boolean; practice: boolean }) {
  const intl = useIntl();
  const words = useWords();
  const pairs = usePairs();
  const { view, shown } = pairs;
  const opener = useRef<HTMLButtonElement>(null);
  const [renaming, setRenaming] = useState<PairLine>();
  const [leaving, setLeaving] = useState<PairLine>();
  // One of these at a time: a second would be lost.
  const busy = pairs.going !== undefined;
  const several = view !== undefined && view.pairs.length > 1;
  const named = (pair: PairLine) => nameOf(pair) || intl.formatMessage({ id: "pairs.new" });
  // Before anything is connected, and alone, it is just the program.
  const name = shown === undefined || (!several && nameOf(shown) === "") ? "Brygga" : named(shown);
  const mark = practice ? intl.formatMessage({ id: "frame.practice" }) : "";
  const whole = `${intl.formatMessage({ id: "pairs.open" }, { name })} ${mark}`.trim();
  return (
    <>
      <Menu position="bottom-start" width={290} withinPortal trapFocus withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Tooltip label={practice ? `${name} \u00b7 ${mark}` : name} position="right" disabled={!small}>
            <UnstyledButton
              ref={opener}
              className={classes.open}
              data-small={small || undefined}
              aria-label={small ? whole : undefined}
            >
              <span className={classes.mark}>
                {pairs.going === undefined ? <Mark size={22} /> : <Loader size={20} aria-hidden="true" />}
              </span>
              {/* The button's name has it already. */}
              {small && practice && (
                <span className={classes.short} aria-hidden="true">
                  <FormattedMessage id="frame.practice.short" />
                </span>
              )}
              {!small && (
                <>
                  <span className={classes.words}>
                    <strong className={classes.name}>
                      <span className="visually-hidden">{intl.formatMessage({ id: "pairs.open" }, { name: "" })}</span>{" "}
                      {name}
                    </strong>{" "}
                    {practice && (
                      <span className={classes.practice} title={intl.formatMessage({ id: "frame.practice.why" })}>
                        <FormattedMessage id="frame.practice" />
                      </span>
                    )}
                  </span>
                  <IconSelector size={16} aria-hidden="true" className={classes.chevron} />
                </>
              )}
            </UnstyledButton>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {several && (
            <>
              <Menu.Label>
                <FormattedMessage id="pairs.list" />
              </Menu.Label>
              <Menu.RadioGroup value={shown?.id ?? ""} onChange={(pair) => pair !== shown?.id && pairs.show(pair)}>
                {view.pairs.map((pair) => {
                  const { tone, word } = standing(intl, words, pair);
                  return (
                    <Menu.RadioItem key={pair.id} value={pair.id} disabled={busy}>
                      <span className={classes.line}>
                        <span className={classes.lineName}>{named(pair)}</span>
                        {pair.practice && (
                          <span className={classes.practice}>
                            <FormattedMessage id="frame.practice" />
                          </span>
                        )}
                        <span className={classes.state} data-state={tone}>
                          <StateIcon state={tone} size={14} />
                          {word}
                        </span>
                      </span>
                    </Menu.RadioItem>
                  );
                })}
              </Menu.RadioGroup>
              <Menu.Divider />
            </>
          )}
          {view?.can_add === true && (
            <Menu.Item
              leftSection={<IconPlus size={16} aria-hidden="true" />}
              disabled={busy}
              onClick={() => pairs.add()}
            >
              <FormattedMessage id="pairs.add" />
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconPencil size={16} aria-hidden="true" />}
            disabled={busy || shown === undefined}
            onClick={() => setRenaming(shown)}
          >
            <FormattedMessage id="pairs.rename" />
          </Menu.Item>
          {shown?.can_put_away === true && (
            <Menu.Item
              leftSection={<IconArchive size={16} aria-hidden="true" />}
              disabled={busy}
              onClick={() => setLeaving(shown)}
            >
              <FormattedMessage id="pairs.away" />
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <span className="visually-hidden" aria-live="polite">
        {pairs.going !== undefined && <FormattedMessage id="pairs.going" />}
      </span>
      {renaming !== undefined && <Rename pair={renaming} back={opener} onClose={() => setRenaming(undefined)} />}
      {leaving !== undefined && (
        <PutAway pair={leaving} name={named(leaving)} back={opener} onClose={() => setLeaving(undefined)} />
      )}
      {pairs.away !== undefined && (
        <Dialog back={opener} title={<FormattedMessage id="pairs.away" />} onClose={pairs.forget}>
          <div className={classes.dialog}>
            <p className={classes.text}>
              <FormattedMessage
                id="pairs.away.done"
                values={{ name: pairs.away.name || intl.formatMessage({ id: "pairs.new" }) }}
              />
            </p>
            <p className={classes.place}>
              <code>{pairs.away.place}</code>
              <Copy text={pairs.away.place} what={pairs.away.place} />
            </p>
            <p className={classes.text}>
              <FormattedMessage id="pairs.away.back" />
            </p>
          </div>
        </Dialog>
      )}
      {pairs.error !== null && (
        <Dialog back={opener} title={<FormattedMessage id="pairs.list" />} onClose={pairs.forget}>
          <Trouble error={pairs.error} />
        </Dialog>
      )}
    </>
  );
}

/** The other pairs that need somebody: said beside how this one stands. What happens in practice never calls anybody away. */
export function OthersInNeed({ small }: { small: boolean }) {
  const intl = useIntl();
  const words = useWords();
  const { view, shown, show } = usePairs();
  const others = (view?.pairs ?? []).filter((pair) => pair.id !== shown?.id && !pair.practice);
  const needing = others
    .map((pair) => ({ pair, ...standing(intl, words, pair) }))
    .filter(({ tone }) => tone === "held");
  if (needing.length === 0) return null;
  return (
    <ul className={classes.others}>
      {needing.map(({ pair, word }) => {
        const name = nameOf(pair) || intl.formatMessage({ id: "pairs.new" });
        const text = intl.formatMessage({ id: "pairs.says" }, { pair: name, sentence: word });
        return (
          <li key={pair.id}>
            <Tooltip label={text} position="right" disabled={!small}>
              <UnstyledButton className={classes.other} aria-label={text} onClick={() => show(pair.id)}>
                <StateIcon state="held" />
                {!small && <span>{text}</span>}
              </UnstyledButton>
            </Tooltip>
          </li>
        );
      })}
    </ul>
  );
}

interface AskedProps {
  pair: PairLine;
  /** What has the focus afterwards. */
  back: RefObject<HTMLElement | null>;
  onClose: () => void;
}

function Rename({ pair, back, onClose }: AskedProps) {
  const { rename, going } = usePairs();
  const [label, setLabel] = useState(pair.label ?? "");
  const save = (event: FormEvent) => {
    event.preventDefault();
    onClose();
    rename(pair.id, label);
  };
  return (
    <Dialog back={back} title={<FormattedMessage id="pairs.rename.title" />} onClose={onClose}>
      <form className={classes.dialog} onSubmit={save}>
        <TextInput
          data-autofocus
          label={<FormattedMessage id="pairs.rename.label" />}
          description={<FormattedMessage id="pairs.rename.more" />}
          placeholder={pair.shop}
          maxLength={60}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <div className={classes.actions}>
          <Button variant="default" onClick={onClose}>
            <FormattedMessage id="pairs.cancel" />
          </Button>
          <Button type="submit" disabled={going !== undefined}>
            <FormattedMessage id="pairs.rename.save" />
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What happens is said before it does. */
function PutAway({ pair, name, back, onClose }: AskedProps & { name: string }) {
  const { putAway, going } = usePairs();
  return (
    <Dialog back={back} title={<FormattedMessage id="pairs.away.title" values={{ name }} />} onClose={onClose}>
      <div className={classes.dialog}>
        <p className={classes.text}>
          <FormattedMessage id="pairs.away.sure" values={{ name }} />
        </p>
        <div className={classes.actions}>
          <Button variant="default" data-autofocus onClick={onClose}>
            <FormattedMessage id="pairs.cancel" />
          </Button>
          <Button
            color="red"
            disabled={going !== undefined}
            onClick={() => {
              onClose();
              putAway(pair);
            }}
          >
            <FormattedMessage id="pairs.away.do" />
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
