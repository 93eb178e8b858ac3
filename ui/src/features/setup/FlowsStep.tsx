import { Button, Skeleton } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FormattedMessage } from "react-intl";
import type { SettingField } from "../../api/generated/SettingField";
import type { SettingValue } from "../../api/generated/SettingValue";
import { keys, useRereadSettings, useSettings } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { Notice } from "../../components/Notice";
import { Trouble } from "../../components/Trouble";
import { useWords } from "../../i18n/useWords";
import { FieldControl } from "../settings/FieldControl";
import { useFieldWords } from "../settings/words";
import { Check } from "./Check";
import { Heading } from "./Halves";
import classes from "./Setup.module.css";
import type { StepProps } from "./SetupPage";

interface FlowChoice {
  flow: string;
  /** Goods go the other way. */
  back?: boolean;
  /** Its switch; orders are what everything begins with. */
  on?: string;
  /** What is asked about it while it is on. */
  ask: string[];
}

const FLOWS: readonly FlowChoice[] = [
  {
    flow: "orders",
    ask: ["start_date", "booking_mode", "trigger/default", "gift_cards", "schedule/orders/every", "schedule/orders/at"],
  },
  { flow: "customers", ask: ["customers/which", "schedule/customers/every", "schedule/customers/at"] },
  { flow: "invoices", on: "invoices/on", ask: ["invoices/who_ships"] },
  { flow: "payments", on: "payments/on", ask: [] },
  { flow: "credit-notes", on: "refunds/on", ask: [] },
  { flow: "products", back: true, on: "products/on", ask: ["schedule/products/every", "schedule/products/at"] },
  { flow: "stock", back: true, on: "stock/on", ask: ["schedule/stock/every", "schedule/stock/at"] },
  { flow: "payouts", on: "payouts/on", ask: ["schedule/payouts/every", "schedule/payouts/at"] },
];

/** What to sync, which way, how often, from which date. */
export function FlowsStep({ view, draft, onDraft, foot, onNext, going }: StepProps) {
  const words = useWords();
  const fieldWords = useFieldWords();
  const backend = useBackend();
  const client = useQueryClient();
  const settings = useSettings();
  const reread = useRereadSettings();
  const fields = new Map(
    (settings.data?.sections ?? []).flatMap((section) => section.fields).map((one) => [one.path, one]),
  );
  const changed = draft.settings;
  const chosen = (field: SettingField): SettingValue => {
    if (field.path in changed) return changed[field.path] ?? null;
    // Nothing is booked from before: a date must be chosen, and the month that is under way is the one that is not reported yet.
    if (field.path === "start_date" && field.value === null) return view.month;
    return field.value;
  };
  const value = (path: string) => {
    const field = fields.get(path);
    return field === undefined ? null : chosen(field);
  };
  const put = (path: string, to: SettingValue) => onDraft({ settings: { ...changed, [path]: to } });

  const asked = FLOWS.flatMap(({ on, ask }) => (on === undefined ? ask : [on, ...ask]))
    .map((path) => fields.get(path))
    .filter((field) => field !== undefined);
  const inFields = JSON.stringify(asked.map((field) => [field.path, chosen(field)]));

  const keep = async () => {
    if (settings.data === undefined) return;
    const values: Record<string, SettingValue> = {};
    for (const field of asked) if (chosen(field) !== field.value) values[field.path] = chosen(field);
    if (Object.keys(values).length > 0)
      await backend.call("put_settings", { revision: settings.data.revision, values });
    onDraft({ settings: {} });
    await reread();
    await client.invalidateQueries({ queryKey: keys.setup });
  };
  const save = useMutation({ mutationFn: keep });
  // Below a flow's own name, its rhythm need not say again what it is the rhythm of.
  const asks = (path: string) => {
    if (/^schedule\/.+\/every$/.test(path)) return <FormattedMessage id="setup.flows.every" />;
    if (/^schedule\/.+\/at$/.test(path)) return <FormattedMessage id="setup.flows.at" />;
    // Among the settings it is a heading; here it is a question.
    if (path === "gift_cards") return <FormattedMessage id="setup.flows.gift_cards" />;
    return fieldWords.name(path);
  };
  const mode = view.company.found?.modes.find((one) => one.mode === value("booking_mode"));
  const start = value("start_date");

  return (
    <>
      <Heading title={<FormattedMessage id="setup.flows.title" />} lead={<FormattedMessage id="setup.flows.lead" />} />
      {settings.error !== null && <Trouble error={settings.error} onRetry={() => settings.refetch()} />}
      {settings.data === undefined && settings.error === null && <Skeleton height={320} radius="sm" />}
      {settings.data !== undefined && (
        <div className={classes.flows}>
          {FLOWS.map(({ flow, back, on, ask }) => {
            const field = on === undefined ? undefined : fields.get(on);
            if (on !== undefined && field === undefined) return null;
            const isOn = on === undefined || value(on) === true;
            const name = words.find(`value.flow.${flow}`) ?? flow;
            const questions = ask
              .map((path) => fields.get(path))
              .filter((one) => one !== undefined)
              .filter((one) => one.when === null || value(one.when.path) === one.when.is);
            return (
              <section key={flow} className={classes.flow} aria-label={name} data-off={!isOn || undefined}>
                <div className={classes.flowHead}>
                  <h2 className={classes.flowName}>{name}</h2>
                  <span className={classes.flowWay}>
                    {back ? "Visma.net" : "Shopify"}
                    <IconArrowRight size={14} aria-hidden="true" />
                    {back ? "Shopify" : "Visma.net"}
                  </span>
                  <span className={classes.space} />
                  {field !== undefined && (
                    <FieldControl field={field} label={name} value={isOn} onChange={(to) => put(field.path, to)} />
                  )}
                </div>
                <p className={classes.flowWords}>{words.find(`setup.flow.${flow}`)}</p>
                {isOn && questions.length > 0 && (
                  <div className={classes.asks}>
                    {questions.map((one) => (
                      <div key={one.path} className={classes.ask}>
                        <span className={classes.askName} aria-hidden="true">
                          {asks(one.path)}
                        </span>
                        <FieldControl
                          field={one}
                          label={fieldWords.name(one.path)}
                          value={chosen(one)}
                          onChange={(to) => put(one.path, to)}
                        />
                      </div>
                    ))}
                  </div>
                )}
                {flow === "orders" && mode !== undefined && !mode.open && (
                  <Notice tone="needs">
                    <FormattedMessage id="setup.flows.modeClosed" />
                  </Notice>
                )}
              </section>
            );
          })}
        </div>
      )}
      {settings.data !== undefined && (
        <Check
          view={view}
          label={<FormattedMessage id="setup.check.flows" />}
          disabled={start === null || start === ""}
          of={inFields}
          before={keep}
        />
      )}
      {save.error !== null && <Trouble error={save.error} />}
      {foot(
        <Button
          disabled={settings.data === undefined || start === null || start === ""}
          loading={save.isPending || going}
          onClick={() => save.mutate(undefined, { onSuccess: onNext })}
        >
          <FormattedMessage id="setup.next" />
        </Button>,
      )}
    </>
  );
}
