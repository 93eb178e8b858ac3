import { Button, CloseButton, Skeleton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { SettingField } from "../../api/generated/SettingField";
import type { SettingsChange } from "../../api/generated/SettingsChange";
import type { SettingsGoneBack } from "../../api/generated/SettingsGoneBack";
import type { SettingsView } from "../../api/generated/SettingsView";
import type { SettingValue } from "../../api/generated/SettingValue";
import { keys, useDesktop, useRereadSettings, useSettings } from "../../api/queries";
import { type SettingValues, useDrafts, useRefused } from "../../app/drafts";
import { href, replace, useRoute } from "../../app/router";
import { useBackend } from "../../backend/context";
import { Empty } from "../../components/Empty";
import { FilterBox } from "../../components/FilterBox";
import { GoneBack } from "../../components/GoneBack";
import { Notice } from "../../components/Notice";
import { Page } from "../../components/Page";
import { Trouble } from "../../components/Trouble";
import { useWords } from "../../i18n/useWords";
import { ConnectionsSection } from "./ConnectionsSection";
import { DataSection } from "./DataSection";
import { DesktopSection } from "./DesktopSection";
import { FieldControl } from "./FieldControl";
import { useOwnSections } from "./found";
import { SettingsMenu } from "./SettingsMenu";
import classes from "./SettingsPage.module.css";
import { WindowSection } from "./WindowSection";
import { useFieldWords } from "./words";

export function SettingsPage() {
  const words = useWords();
  const settings = useSettings();
  return (
    <Page
      title={<FormattedMessage id="nav.settings" />}
      lead={<FormattedMessage id="settings.lead" />}
      actions={<SettingsMenu revision={settings.data?.revision} />}
    >
      {settings.error !== null && (
        <div className={classes.sections}>
          <Trouble error={settings.error} onRetry={() => settings.refetch()} />
          {settings.data === undefined && (
            <ConnectionsSection title={words.find("settings.section.connections") ?? "connections"} />
          )}
        </div>
      )}
      {settings.data === undefined && settings.error === null && <Skeleton height={320} radius="sm" />}
      {settings.data !== undefined && <Sections view={settings.data} />}
    </Page>
  );
}

function Sections({ view }: { view: SettingsView }) {
  const intl = useIntl();
  const words = useWords();
  const fields = useFieldWords();
  const backend = useBackend();
  const client = useQueryClient();
  const reread = useRereadSettings();
  const refused = useRefused("settings");
  const { data: desktop } = useDesktop();
  const { path, search: query } = useRoute();
  const search = query.get("search") ?? "";
  const { kept, drafts } = useDrafts();
  const { content: chosen, revision, saving } = kept.settings;
  const [saved, setSaved] = useState<number>();
  const [undone, setUndone] = useState<SettingsGoneBack>();

  const all = useMemo(() => view.sections.flatMap((section) => section.fields), [view]);
  const changed = useMemo(() => {
    const values: SettingValues = {};
    for (const { path, value: stored } of all) {
      const to = chosen[path];
      if (to !== undefined && !same(to, stored)) values[path] = to;
    }
    return values;
  }, [all, chosen]);
  const value = (field: SettingField) => (field.path in changed ? (changed[field.path] ?? null) : field.value);
  const of = (wanted: string) => {
    const field = all.find((known) => known.path === wanted);
    return field === undefined ? null : value(field);
  };
  const put = (field: SettingField, to: SettingValue) => {
    setSaved(undefined);
    setUndone(undefined);
    drafts.change("settings", view.revision, (before) => ({ ...before, [field.path]: to }));
  };
  const count = Object.keys(changed).length;
  useEffect(() => drafts.count("settings", count), [drafts, count]);
  // What was put back by hand is no change, unless another value is on its way.
  useEffect(() => {
    if (!saving && Object.keys(chosen).length > count) drafts.keep("settings", changed);
  }, [drafts, saving, chosen, changed, count]);

  const save = useMutation({
    mutationFn: (sent: SettingsChange) => backend.call("put_settings", sent),
    onSuccess: async (after, sent) => {
      client.setQueryData(keys.settings, after);
      await reread();
      drafts.saved("settings", { from: sent.revision, to: after.revision }, (now) => without(now, sent.values));
      setSaved(after.revision);
    },
    onError: refused,
  });
  const back = useMutation({
    mutationFn: (made: number) => backend.call("settings_back", { revision: made, before: made }),
    onSuccess: async (after, made) => {
      drafts.moved({ from: made, to: after.revision });
      await reread();
      setSaved(undefined);
      setUndone(after);
    },
  });

  const onSearch = useCallback(
    (text: string) => replace(href("settings", ...(path[1] === undefined ? [] : [path[1]]), { search: text })),
    [path[1]],
  );
  const wanted = search.trim().toLocaleLowerCase(intl.locale);
  const section = (name: string) => words.find(`settings.section.${name}`) ?? name;
  const shown = view.sections
    .map((one) => ({
      ...one,
      fields: one.fields.filter(
        (field) =>
          (field.when === null || of(field.when.path) === field.when.is) &&
          (wanted === "" ||
            `${section(one.name)} ${fields.name(field.path)} ${fields.value(field, value(field))} ${fields.more(field.path) ?? ""}`
              .toLocaleLowerCase(intl.locale)
              .includes(wanted)),
      ),
    }))
    .filter((one) => one.fields.length > 0);

  const there = useOwnSections();
  const own = there
    .filter(({ texts }) => texts.some((text) => text.toLocaleLowerCase(intl.locale).includes(wanted)))
    .map(({ name }) => name);
  const found = new Set(own);

  useEffect(() => {
    if (path[1] !== undefined) document.getElementById(`settings-${path[1]}`)?.scrollIntoView({ block: "start" });
  }, [path[1]]);

  return (
    <div className={classes.layout}>
      <nav className={classes.index} aria-label={intl.formatMessage({ id: "nav.settings" })}>
        {[...view.sections.map((one) => one.name), ...there.map(({ name }) => name)].map((name) => (
          <a key={name} href={href("settings", name)} className={classes.indexLink}>
            {section(name)}
          </a>
        ))}
      </nav>
      <div className={classes.sections}>
        <FilterBox label={intl.formatMessage({ id: "settings.search" })} value={search} onChange={onSearch} />
        {shown.map((one) => (
          <section key={one.name} id={`settings-${one.name}`} aria-labelledby={`settings-${one.name}-title`}>
            <h2 id={`settings-${one.name}-title`} className={classes.sectionTitle}>
              {section(one.name)}
            </h2>
            <div className={classes.card}>
              {one.fields.map((field) => {
                const name = fields.name(field.path);
                const now = value(field);
                const more = fields.more(field.path);
                const isDefault = same(now, field.default);
                return (
                  <div
                    key={field.path}
                    className={classes.field}
                    data-changed={field.path in changed || undefined}
                    data-under={field.when !== null || undefined}
                  >
                    <div className={classes.label}>
                      <span>{name}</span>
                      {more !== undefined && (
                        <span id={`setting-more-${field.path}`} className={classes.more}>
                          {more}
                        </span>
                      )}
                      {!isDefault && (
                        <span className={classes.default}>
                          <FormattedMessage
                            id="settings.default"
                            values={{ value: fields.value(field, field.default) }}
                          />
                          <Button
                            size="compact-xs"
                            variant="subtle"
                            aria-label={intl.formatMessage({ id: "settings.reset.label" }, { name })}
                            onClick={() => put(field, field.default)}
                          >
                            <FormattedMessage id="settings.reset" />
                          </Button>
                        </span>
                      )}
                    </div>
                    <div className={classes.control}>
                      <FieldControl
                        field={field}
                        label={name}
                        about={more === undefined ? undefined : `setting-more-${field.path}`}
                        value={now}
                        onChange={(to) => put(field, to)}
                      />
                    </div>
                  </div>
                );
              })}
            </div>
          </section>
        ))}
        {found.has("data") && <DataSection title={section("data")} />}
        {found.has("connections") && <ConnectionsSection title={section("connections")} />}
        {found.has("desktop") && desktop && <DesktopSection title={section("desktop")} desktop={desktop} />}
        {found.has("window") && <WindowSection title={section("window")} />}
        {shown.length === 0 && own.length === 0 && (
          <Empty title={<FormattedMessage id="settings.none" values={{ search }} />} />
        )}
        <div className={classes.bar} data-shown={count > 0 || saved !== undefined || undone !== undefined || undefined}>
          {save.error !== null && <Trouble error={save.error} />}
          {back.error !== null && <Trouble error={back.error} />}
          <div role="status">
            {saved !== undefined && count === 0 && (
              <Notice
                tone="proven"
                actions={
                  <>
                    <Button variant="default" loading={back.isPending} onClick={() => back.mutate(saved)}>
                      <FormattedMessage id="mapping.saved.undo" />
                    </Button>
                    <CloseButton aria-label={intl.formatMessage({ id: "close" })} onClick={() => setSaved(undefined)} />
                  </>
                }
              >
                <FormattedMessage id="mapping.saved" />
              </Notice>
            )}
            {undone !== undefined && count === 0 && (
              <Notice
                tone={undone.made > 0 || undone.running ? "waiting" : "quiet"}
                actions={
                  <CloseButton aria-label={intl.formatMessage({ id: "close" })} onClick={() => setUndone(undefined)} />
                }
              >
                <GoneBack back={undone} />
              </Notice>
            )}
          </div>
          {count > 0 && (
            <div className={classes.barBody}>
              <ul className={classes.changes} aria-label={intl.formatMessage({ id: "mapping.changes" }, { count })}>
                {all
                  .filter((field) => field.path in changed)
                  .map((field) => (
                    <li key={field.path}>
                      {fields.name(field.path)}:{" "}
                      <FormattedMessage
                        id="settings.from"
                        values={{
                          before: fields.value(field, field.value),
                          after: fields.value(field, value(field)),
                        }}
                      />
                    </li>
                  ))}
              </ul>
              <div className={classes.barActions}>
                <Button
                  variant="default"
                  disabled={saving}
                  onClick={() => {
                    save.reset();
                    drafts.keep("settings", {});
                  }}
                >
                  <FormattedMessage id="mapping.discard" />
                </Button>
                <Button
                  loading={saving}
                  onClick={() => {
                    drafts.sent("settings");
                    save.mutate({ revision, values: changed });
                  }}
                >
                  <FormattedMessage id="mapping.save" />
                </Button>
              </div>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

/** What was sent is saved. What was chosen anew meanwhile is not, even where it is what was there before. */
function without(now: SettingValues, sent: Record<string, SettingValue | undefined>): SettingValues {
  return Object.fromEntries(
    Object.entries(now).filter(([path, value]) => !(path in sent && same(sent[path] ?? null, value))),
  );
}

function same(one: SettingValue, other: SettingValue): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
  return (one ?? "") === (other ?? "");
}
