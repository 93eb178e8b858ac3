/** Ctrl/Cmd+K: finds an order, a customer, a page, a setting or an answer. */
import { Modal, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconHelp, IconSearch, IconSettings } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { RecordLine } from "../api/generated/RecordLine";
import { keys, useInfo, useSettings } from "../api/queries";
import { useBackend } from "../backend/context";
import { Money } from "../components/Money";
import { StateMark } from "../components/StateMark";
import { ANSWERS } from "../features/help/answers";
import { useOwnSections } from "../features/settings/found";
import { useFieldWords } from "../features/settings/words";
import { useWords } from "../i18n/useWords";
import { pagesOf } from "./pages";
import { go, href } from "./router";
import classes from "./Spotlight.module.css";

interface Hit {
  key: string;
  to: string;
  content: ReactNode;
}

const MOST = 8;
/** Settings and answers that fit. */
const FEW = 4;

export function Spotlight({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const intl = useIntl();
  return (
    <Modal.Root opened={opened} onClose={onClose} padding={0} size={560} yOffset="12vh">
      <Modal.Overlay />
      <Modal.Content aria-label={intl.formatMessage({ id: "spotlight.label" })}>
        <Modal.Body p={0}>
          <Finder onDone={onClose} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Finder({ onDone }: { onDone: () => void }) {
  const intl = useIntl();
  const backend = useBackend();
  const words = useWords();
  const fields = useFieldWords();
  const settings = useSettings();
  const own = useOwnSections();
  const info = useInfo();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [search] = useDebouncedValue(typed.trim(), 150);
  const found = useQuery({
    queryKey: [...keys.records, "spotlight", search],
    enabled: search !== "",
    placeholderData: (before) => before,
    queryFn: async () => {
      const ask = (kind: string) => backend.call("records", { kind, search, state: null, offset: 0, limit: MOST });
      const [orders, customers] = await Promise.all([ask("order"), ask("customer")]);
      return [...orders.rows, ...customers.rows].slice(0, MOST);
    },
  });

  const wanted = typed.trim().toLocaleLowerCase();
  const pages: Hit[] = pagesOf(info.data?.practice === true)
    .map((page) => ({ page, title: intl.formatMessage({ id: page.title }) }))
    .filter(({ title }) => wanted === "" || title.toLocaleLowerCase().includes(wanted))
    .map(({ page, title }) => ({
      key: page.path,
      to: href(page.path),
      content: <PageHit icon={<page.icon size={16} />} title={title} />,
    }));
  const typedWords = wanted.split(/\s+/);
  const fits = (text: string | undefined) => {
    const all = text?.toLocaleLowerCase();
    return wanted.length > 1 && all !== undefined && typedWords.every((word) => all.includes(word));
  };
  const fieldHits = (settings.data?.sections ?? [])
    .flatMap((section) => section.fields)
    .map(({ path }) => ({ path, name: fields.name(path), more: fields.more(path) }));
  const fieldHit = ({ path, name }: { path: string; name: string }): Hit => ({
    key: `setting/${path}`,
    to: href("settings", { search: name }),
    content: <PageHit icon={<IconSettings size={16} />} title={name} />,
  });
  const sectionTitles = (settings.data?.sections ?? []).map(({ name }) => {
    const title = words.find(`settings.section.${name}`) ?? name;
    return { name, title, texts: [title] };
  });
  const sections = [...sectionTitles, ...own]
    .map(({ name, title, texts }) => ({ name, title, text: texts.find(fits) }))
    .filter(({ text }) => text !== undefined)
    .map(
      ({ name, title, text }): Hit => ({
        key: `section/${name}`,
        to: href("settings", name),
        content: <PageHit icon={<IconSettings size={16} />} title={title} more={text === title ? undefined : text} />,
      }),
    );
  // What is called so comes before what only speaks of it.
  const choices = [
    ...fieldHits
      .filter(({ name }) => fits(name))
      .slice(0, FEW)
      .map(fieldHit),
    ...sections.slice(0, FEW),
    ...fieldHits
      .filter(({ name, more }) => !fits(name) && fits(more))
      .slice(0, FEW)
      .map(fieldHit),
  ].slice(0, FEW + FEW);
  const told = ANSWERS.map(({ name }) => ({
    name,
    title: words.find(`help.${name}.title`) ?? name,
    text: words.find(`help.${name}.text`) ?? "",
  }));
  const answers: Hit[] = [
    ...told.filter(({ title }) => fits(title)),
    ...told.filter(({ title, text }) => !fits(title) && fits(`${title} ${text}`)),
  ]
    .slice(0, FEW)
    .map(({ name, title }) => ({
      key: `help/${name}`,
      to: href("help", name),
      content: <PageHit icon={<IconHelp size={16} />} title={title} />,
    }));
  const records: Hit[] = search === "" || wanted === "" ? [] : (found.data ?? []).map(recordHit);
  const hits = [...records, ...pages, ...choices, ...answers];
  const current = Math.min(at, Math.max(0, hits.length - 1));

  const open = (hit: Hit | undefined) => {
    if (hit === undefined) return;
    onDone();
    go(hit.to);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((current + step + hits.length) % Math.max(1, hits.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(hits[current]);
    }
  };

  return (
    <div>
      <TextInput
        data-autofocus
        size="lg"
        variant="unstyled"
        className={classes.input}
        leftSection={<IconSearch size={20} aria-hidden="true" />}
        placeholder={intl.formatMessage({ id: "spotlight.placeholder" })}
        aria-label={intl.formatMessage({ id: "spotlight.placeholder" })}
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={hits.length > 0 ? `${id}-${current}` : undefined}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={intl.formatMessage({ id: "spotlight.label" })}
        className={classes.list}
      >
        {hits.map((hit, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: as above
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input hears the keys
          <div
            key={hit.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            className={classes.hit}
            onClick={() => open(hit)}
            onMouseMove={() => setAt(index)}
          >
            {hit.content}
          </div>
        ))}
      </div>
      {hits.length === 0 && (
        <p className={classes.none}>
          {found.isFetching ? <FormattedMessage id="spotlight.looking" /> : <FormattedMessage id="spotlight.none" />}
        </p>
      )}
    </div>
  );
}

function PageHit({ icon, title, more }: { icon: ReactNode; title: string; more?: string | undefined }) {
  return (
    <>
      <span className={classes.page}>
        {icon}
        {title}
      </span>
      {more !== undefined && <span className={classes.party}>{more}</span>}
    </>
  );
}

function recordHit(record: RecordLine): Hit {
  return {
    key: `${record.kind}/${record.id}`,
    to: href("records", record.kind, record.id),
    content: (
      <>
        <strong className="num">{record.name}</strong>
        <span className={classes.party}>{record.party}</span>
        {record.amount !== null && <Money amount={record.amount} />}
        <span className={classes.state}>
          <StateMark state={record.state} />
        </span>
      </>
    ),
  };
}
