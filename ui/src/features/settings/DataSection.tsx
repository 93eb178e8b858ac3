import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { BackupView } from "../../api/generated/BackupView";
import type { PersonView } from "../../api/generated/PersonView";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { BackupList } from "../../components/BackupList";
import { Dialog } from "../../components/Dialog";
import { Notice } from "../../components/Notice";
import { Trouble } from "../../components/Trouble";
import { When } from "../../components/When";
import { formatCount } from "../../i18n/format";
import { SupportFile } from "../help/SupportFile";
import data from "./DataSection.module.css";
import { RecoveryKey } from "./RecoveryKey";
import classes from "./SettingsPage.module.css";

/** What is kept on this computer, in the merchant's hands: erase a customer, make a copy, put one back. */
export function DataSection({ title }: { title: string }) {
  const backend = useBackend();
  const kept = useQuery({ queryKey: keys.kept, queryFn: () => backend.call("kept", {}) });
  const intl = useIntl();
  const removed = kept.data?.removed ?? null;
  const shown = (count: number) => formatCount(intl.locale, count);
  return (
    <section id="settings-data" aria-labelledby="settings-data-title">
      <h2 id="settings-data-title" className={classes.sectionTitle}>
        {title}
      </h2>
      <div className={classes.card}>
        <div className={data.part}>
          <p className={data.quiet}>
            {removed === null ? (
              <FormattedMessage id="data.removed.never" />
            ) : (
              <FormattedMessage
                id="data.removed"
                values={{
                  at: <When at={removed.at} />,
                  payloads: shown(removed.payloads),
                  exchanges: shown(removed.exchanges),
                  events: shown(removed.events),
                }}
              />
            )}{" "}
            <FormattedMessage id="data.books" />
          </p>
        </div>
        <Erase />
        <div className={data.part}>
          <h3 className={data.head}>
            <FormattedMessage id="data.backups" />
          </h3>
          {kept.error !== null && <Trouble error={kept.error} onRetry={() => kept.refetch()} />}
          {kept.data !== undefined && <Backups backups={kept.data.backups} />}
        </div>
        {kept.data?.backups !== null && <RecoveryKey />}
        <div className={data.part}>
          <h3 className={data.head}>
            <FormattedMessage id="support.title" />
          </h3>
          <SupportFile />
        </div>
      </div>
    </section>
  );
}

function Erase() {
  const intl = useIntl();
  const backend = useBackend();
  const client = useQueryClient();
  const [search, setSearch] = useState("");
  const [sure, setSure] = useState<PersonView>();
  const find = useMutation({ mutationFn: (text: string) => backend.call("people", { search: text }) });
  const erase = useMutation({
    mutationFn: ({ key }: PersonView) => backend.call("erase_person", { key }),
    onSuccess: () => {
      setSure(undefined);
      setSearch("");
      find.reset();
      return client.invalidateQueries();
    },
  });
  const nameOf = (person: PersonView) => person.name ?? person.email ?? person.numbers[0] ?? person.key;
  return (
    <div className={data.part}>
      <h3 className={data.head}>
        <FormattedMessage id="data.erase" />
      </h3>
      <form
        className={data.search}
        onSubmit={(event) => {
          event.preventDefault();
          erase.reset();
          if (search.trim() !== "") find.mutate(search);
        }}
      >
        <TextInput
          className={data.grow ?? ""}
          label={<FormattedMessage id="data.erase.search" />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={find.isPending}>
          <FormattedMessage id="data.erase.find" />
        </Button>
      </form>
      <div role="status">
        {erase.data !== undefined && (
          <Notice tone="proven">
            <FormattedMessage id="data.erase.done" values={{ orders: erase.data.orders, left: erase.data.left }} />
          </Notice>
        )}
        {find.data?.length === 0 && (
          <p className={data.quiet}>
            <FormattedMessage id="data.erase.none" />
          </p>
        )}
      </div>
      {find.error !== null && <Trouble error={find.error} />}
      {find.data !== undefined && find.data.length > 0 && (
        <ul className={data.list}>
          {find.data.map((person) => (
            <li key={person.key} className={data.item}>
              <div className={data.grow}>
                <p className={data.name}>{nameOf(person)}</p>
                <p className={data.quiet}>{[person.email, ...person.numbers].filter(Boolean).join(" · ")}</p>
                <Holdings person={person} />
              </div>
              <Button
                variant="default"
                aria-label={intl.formatMessage({ id: "data.erase.label" }, { name: nameOf(person) })}
                onClick={() => {
                  erase.reset();
                  setSure(person);
                }}
              >
                <FormattedMessage id="data.erase.do" />
              </Button>
            </li>
          ))}
        </ul>
      )}
      {sure !== undefined && (
        <Sure
          title={intl.formatMessage({ id: "data.erase.label" }, { name: nameOf(sure) })}
          label={<FormattedMessage id="data.erase.do" />}
          doing={erase.isPending}
          error={erase.error}
          onDo={() => erase.mutate(sure)}
          onClose={() => setSure(undefined)}
        >
          <p className={classes.sure}>
            <FormattedMessage id="data.erase.sure" />
          </p>
          <Holdings person={sure} />
          <p className={data.quiet}>
            <FormattedMessage id="data.erase.stays" />
          </p>
        </Sure>
      )}
    </div>
  );
}

function Holdings({ person }: { person: PersonView }) {
  const intl = useIntl();
  const shown = (count: number) => formatCount(intl.locale, count);
  return (
    <p className={data.quiet}>
      <FormattedMessage
        id="data.erase.kept"
        values={{
          orders: person.finished,
          open: shown(person.open),
          payloads: shown(person.payloads),
          exchanges: shown(person.exchanges),
          bodies: shown(person.bodies),
          events: shown(person.events),
        }}
      />
    </p>
  );
}

function Backups({ backups }: { backups: BackupView[] | null }) {
  const intl = useIntl();
  const backend = useBackend();
  const client = useQueryClient();
  const [sure, setSure] = useState<BackupView>();
  const make = useMutation({
    mutationFn: () => backend.call("back_up", {}),
    onSuccess: (view) => client.setQueryData(keys.kept, view),
  });
  const restore = useMutation({
    mutationFn: (name: string) => backend.call("restore", { name }),
    onSuccess: () => {
      setSure(undefined);
      // Everything the window shows is of another day now.
      return client.invalidateQueries();
    },
  });
  if (backups === null)
    return (
      <p className={data.quiet}>
        <FormattedMessage id="data.backups.memory" />
      </p>
    );
  return (
    <>
      <div className={data.search}>
        <p className={`${data.quiet} ${data.grow}`}>
          <FormattedMessage id="data.backups.about" />
        </p>
        <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
          <FormattedMessage id="data.backups.now" />
        </Button>
      </div>
      <Notice tone="quiet">
        <FormattedMessage id="data.backups.here" />
      </Notice>
      <div role="status">
        {restore.data !== undefined && (
          <Notice tone="proven">
            <FormattedMessage id="data.restore.done" /> <FormattedMessage id="data.restore.after" />
          </Notice>
        )}
      </div>
      {make.error !== null && <Trouble error={make.error} />}
      {backups.length === 0 && (
        <p className={data.quiet}>
          <FormattedMessage id="data.backups.none" />
        </p>
      )}
      <BackupList
        label={intl.formatMessage({ id: "data.backups" })}
        backups={backups}
        onRestore={(backup) => {
          restore.reset();
          setSure(backup);
        }}
      />
      {sure !== undefined && (
        <Sure
          title={intl.formatMessage({ id: "data.restore.label" }, { name: sure.name })}
          label={<FormattedMessage id="data.restore.do" />}
          doing={restore.isPending}
          error={restore.error}
          onDo={() => restore.mutate(sure.name)}
          onClose={() => setSure(undefined)}
        >
          <p className={classes.sure}>
            <FormattedMessage id="data.restore.sure" />
          </p>
          <p className={data.quiet}>
            <FormattedMessage id="data.restore.after" /> <FormattedMessage id="data.restore.erased" />
          </p>
        </Sure>
      )}
    </>
  );
}

interface SureProps {
  title: string;
  label: React.ReactNode;
  doing: boolean;
  error: unknown;
  onDo: () => void;
  onClose: () => void;
  children: React.ReactNode;
}

/** Asked before what has no way back. */
function Sure({ title, label, doing, error, onDo, onClose, children }: SureProps) {
  return (
    <Dialog onClose={onClose} title={title}>
      <div className={classes.dialog}>
        {children}
        {error !== null && <Trouble error={error} />}
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={onClose} data-autofocus>
            <FormattedMessage id="settings.cancel" />
          </Button>
          <Button loading={doing} onClick={onDo}>
            {label}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
