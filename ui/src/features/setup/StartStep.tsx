import { Button } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FormattedMessage, useIntl } from "react-intl";
import { keys, useSettings } from "../../api/queries";
import { go, href } from "../../app/router";
import { useBackend } from "../../backend/context";
import { Trouble } from "../../components/Trouble";
import { formatDay } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { Already } from "../preview/Already";
import { Check } from "./Check";
import { Heading } from "./Halves";
import classes from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { StartWithComputer } from "./StartWithComputer";

/** What is chosen where a flow runs, unless it is a switch that is on. */
const SWITCHES: [string, string, string?][] = [
  ["customers/which", "customers", "all"],
  ["invoices/on", "invoices"],
  ["payments/on", "payments"],
  ["refunds/on", "credit-notes"],
  ["products/on", "products"],
  ["stock/on", "stock"],
  ["payouts/on", "payouts"],
];

/** What was chosen, in a few lines, and the button. */
export function StartStep({ view, foot }: StepProps) {
  const intl = useIntl();
  const words = useWords();
  const backend = useBackend();
  const client = useQueryClient();
  const settings = useSettings();
  const fields = (settings.data?.sections ?? []).flatMap((section) => section.fields);
  const value = (path: string) => fields.find((field) => field.path === path)?.value ?? null;
  const flows = ["orders", ...SWITCHES.filter(([path, , is = true]) => value(path) === is).map(([, flow]) => flow)];
  const start = value("start_date");

  const begin = useMutation({
    mutationFn: () => backend.call("setup_start", {}),
    onSuccess: async (after) => {
      client.setQueryData(keys.setup, after);
      // The pages must know that there is a pair before they are opened.
      await client.refetchQueries({ queryKey: keys.info });
      await client.invalidateQueries();
    },
  });
  const rows = [
    { name: "Shopify", text: `${view.shop.found?.name ?? ""} \u00b7 ${view.shop.domain ?? ""}` },
    { name: "Visma.net", text: view.company.found?.name ?? intl.formatMessage({ id: "setup.company.unnamed" }) },
    {
      name: intl.formatMessage({ id: "setup.start.flows" }),
      text: intl.formatList(
        flows.map((flow) => words.find(`value.flow.${flow}`) ?? flow),
        { type: "unit" },
      ),
    },
    {
      name: intl.formatMessage({ id: "setup.start.from" }),
      text: typeof start === "string" && start !== "" ? formatDay(intl.locale, start) : "\u2013",
    },
  ];
  return (
    <>
      <Heading title={<FormattedMessage id="setup.start.title" />} lead={<FormattedMessage id="setup.start.lead" />} />
      <dl className={classes.summary}>
        {rows.map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <StartWithComputer />
      {!view.started && (
        <div className={classes.already}>
          <Already />
        </div>
      )}
      <Check view={view} label={<FormattedMessage id="setup.check.start" />} />
      {begin.error !== null && <Trouble error={begin.error} />}
      {foot(
        view.started ? (
          <Button onClick={() => go(href("overview"))}>
            <FormattedMessage id="setup.leave" />
          </Button>
        ) : (
          <Button
            leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}
            loading={begin.isPending}
            onClick={() => begin.mutate(undefined, { onSuccess: () => go(href("overview")) })}
          >
            <FormattedMessage id="setup.start.go" />
          </Button>
        ),
      )}
    </>
  );
}
