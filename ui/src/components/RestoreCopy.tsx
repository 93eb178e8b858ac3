import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { CopyChoice } from "../api/generated/CopyChoice";
import { keys } from "../api/queries";
import { useBackend } from "../backend/context";
import { BackupList } from "./BackupList";
import classes from "./RestoreCopy.module.css";
import { Trouble } from "./Trouble";

/** A copy takes the place of this store's database, which need not be one that can be opened. */
function useRestore(pair: string) {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ copy, key }: { copy: CopyChoice; key: string }) =>
      backend.call("pair_restore", { pair, copy, recovery_key: key.trim() === "" ? null : key.trim() }),
    // Everything the window shows is of another day now.
    onSuccess: () => client.invalidateQueries(),
  });
}

/** In place of the pages of a store that cannot be opened: its backups, and a copy that somebody brings. */
export function Rescue({ pair }: { pair: string }) {
  const intl = useIntl();
  const backend = useBackend();
  const copies = useQuery({ queryKey: keys.copies, queryFn: () => backend.call("pair_copies", { pair }) });
  const restore = useRestore(pair);
  // A computer that lost its key opens not even its own backups without the one that was written down.
  const [key, setKey] = useState("");
  return (
    <section className={classes.rescue} aria-labelledby="rescue-title">
      <h1 id="rescue-title" className={classes.title}>
        <FormattedMessage id="rescue.title" />
      </h1>
      <p className={classes.quiet}>
        <FormattedMessage id="rescue.lead" />
      </p>
      <RecoveryKeyInput value={key} onChange={setKey} />
      {copies.error !== null && <Trouble error={copies.error} onRetry={() => copies.refetch()} />}
      {copies.data?.length === 0 && (
        <p className={classes.quiet}>
          <FormattedMessage id="rescue.none" />
        </p>
      )}
      {copies.data !== undefined && copies.data.length > 0 && (
        <BackupList
          label={intl.formatMessage({ id: "rescue.own" })}
          backups={copies.data}
          disabled={restore.isPending}
          onRestore={({ name }) => restore.mutate({ copy: { kind: "own", name }, key })}
        />
      )}
      {restore.error !== null && <Trouble error={restore.error} />}
      <RestoreFile pair={pair} recoveryKey={key} />
    </section>
  );
}

interface RestoreFileProps {
  pair: string;
  /** The key that was written down, where it is asked for already. */
  recoveryKey?: string;
}

/** A copy that somebody brings: where it is, and the key that was written down. */
export function RestoreFile({ pair, recoveryKey }: RestoreFileProps) {
  const [path, setPath] = useState("");
  const [own, setOwn] = useState("");
  const key = recoveryKey ?? own;
  const restore = useRestore(pair);
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (path.trim() !== "") restore.mutate({ copy: { kind: "file", path: path.trim() }, key });
      }}
    >
      <h2 className={classes.head}>
        <FormattedMessage id="rescue.file" />
      </h2>
      <TextInput
        label={<FormattedMessage id="rescue.file.path" />}
        description={<FormattedMessage id="rescue.file.path.more" />}
        autoComplete="off"
        spellCheck={false}
        value={path}
        onChange={(event) => setPath(event.currentTarget.value)}
      />
      {recoveryKey === undefined && <RecoveryKeyInput value={own} onChange={setOwn} />}
      {restore.error !== null && <Trouble error={restore.error} />}
      <div>
        <Button type="submit" variant="default" disabled={path.trim() === ""} loading={restore.isPending}>
          <FormattedMessage id="rescue.file.do" />
        </Button>
      </div>
    </form>
  );
}

function RecoveryKeyInput({ value, onChange }: { value: string; onChange: (key: string) => void }) {
  const intl = useIntl();
  return (
    <PasswordInput
      label={<FormattedMessage id="rescue.file.key" />}
      description={<FormattedMessage id="rescue.file.key.more" />}
      autoComplete="off"
      visibilityToggleButtonProps={{ "aria-label": intl.formatMessage({ id: "setup.secret.show" }), tabIndex: 0 }}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
