import { Anchor, Button, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { usePairs } from "../../app/pairs";
import { useBackend } from "../../backend/context";
import { Refusal } from "../../backend/port";
import { Notice } from "../../components/Notice";
import { RestoreFile } from "../../components/RestoreCopy";
import { Trouble } from "../../components/Trouble";
import { useWords } from "../../i18n/useWords";
import { Found } from "./Found";
import { Guide, type GuideStep } from "./Guide";
import { Halves } from "./Halves";
import { DASHBOARD } from "./opening";
import { PracticeHint } from "./PracticeHint";
import classes from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { Outcome, Testing } from "./Testing";
import { newsOf, useRefused, useTest } from "./tested";

/** The address that Shopify's own guide gives for an app without pages. */
const APP_URL = "https://shopify.dev/apps/default-app-home";

export function ShopStep({ view, draft, onDraft, foot, onNext, going }: StepProps) {
  const intl = useIntl();
  const words = useWords();
  const backend = useBackend();
  const { shop, practice } = view;
  const label = (id: "domain" | "client" | "secret" | "token") => intl.formatMessage({ id: `setup.shop.${id}` });

  const domain = draft.domain.trim();
  const client_id = draft.legacy ? null : draft.shopClient.trim();
  const test = useTest({
    side: "shop",
    form: draft.legacy ? "token" : "app",
    input: { domain, client_id },
    kept: shop.domain === null ? null : { domain: shop.domain, client_id: shop.client_id },
    typed: draft.shopSecret !== "",
    run: () =>
      backend.call("setup_shop", {
        domain,
        client_id,
        secret: draft.shopSecret.trim() === "" ? null : draft.shopSecret.trim(),
      }),
    onTested: (after) => onDraft({ shopSecret: "", domain: after.shop.domain ?? domain }),
  });
  const refused = useRefused("shop", view);
  const lacks =
    domain === "" ||
    client_id === "" ||
    (draft.shopSecret.trim() === "" && (!shop.secret_kept || changedKind(draft.legacy, shop.client_id)));
  const sound = test.sound && refused === undefined;
  const found = sound ? shop.found : null;

  const guide: GuideStep[] = draft.legacy
    ? [
        {
          id: "token",
          title: <FormattedMessage id="setup.shop.guide.token" />,
          body: <FormattedMessage id="setup.shop.guide.token.more" />,
          picture: "shopToken",
        },
      ]
    : [
        {
          id: "dashboard",
          title: <FormattedMessage id="setup.shop.guide.dashboard" />,
          body: <FormattedMessage id="setup.shop.guide.dashboard.more" />,
          picture: "shopOrganisation",
          link: DASHBOARD,
        },
        {
          id: "create",
          title: <FormattedMessage id="setup.shop.guide.create" />,
          body: <FormattedMessage id="setup.shop.guide.create.more" />,
          picture: "shopCreate",
        },
        {
          id: "version",
          title: <FormattedMessage id="setup.shop.guide.version" />,
          body: <FormattedMessage id="setup.shop.guide.version.more" />,
          picture: "shopVersion",
          copy: [
            { label: "App URL", text: APP_URL },
            { label: intl.formatMessage({ id: "setup.scopes" }), text: shop.scope_list, long: true },
          ],
        },
        {
          id: "install",
          title: <FormattedMessage id="setup.shop.guide.install" />,
          body: <FormattedMessage id="setup.shop.guide.install.more" />,
          picture: "shopInstall",
        },
        {
          id: "secret",
          title: <FormattedMessage id="setup.shop.guide.secret" />,
          body: <FormattedMessage id="setup.shop.guide.secret.more" />,
          picture: "shopSecret",
        },
      ];

  return (
    <Halves
      title={<FormattedMessage id="setup.shop.title" />}
      lead={<FormattedMessage id="setup.shop.lead" />}
      guide={<Guide key={String(draft.legacy)} steps={guide} />}
      foot={foot(
        <Button disabled={found === null || !shop.secret_kept} loading={going} onClick={onNext}>
          <FormattedMessage id="setup.next" />
        </Button>,
      )}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!lacks) test.start();
        }}
      >
        <TextInput
          label={label("domain")}
          description={<FormattedMessage id="setup.shop.domain.more" />}
          placeholder="my-shop.myshopify.com"
          autoComplete="off"
          spellCheck={false}
          value={draft.domain}
          onChange={(event) => onDraft({ domain: event.currentTarget.value })}
        />
        {!draft.legacy && (
          <TextInput
            label={label("client")}
            autoComplete="off"
            spellCheck={false}
            value={draft.shopClient}
            onChange={(event) => onDraft({ shopClient: event.currentTarget.value })}
          />
        )}
        <PasswordInput
          label={label(draft.legacy ? "token" : "secret")}
          description={
            shop.secret_kept && !changedKind(draft.legacy, shop.client_id) ? (
              <FormattedMessage id="setup.secret.kept" />
            ) : (
              <FormattedMessage id="setup.secret.where" />
            )
          }
          autoComplete="off"
          visibilityToggleButtonProps={{ "aria-label": intl.formatMessage({ id: "setup.secret.show" }), tabIndex: 0 }}
          value={draft.shopSecret}
          onChange={(event) => onDraft({ shopSecret: event.currentTarget.value })}
        />
        <div className={classes.formActions}>
          <Button type="submit" variant={found === null ? "filled" : "default"} disabled={lacks} loading={test.pending}>
            <FormattedMessage id="setup.test" />
          </Button>
          <Anchor
            component="button"
            type="button"
            size="sm"
            onClick={() => onDraft({ legacy: !draft.legacy, shopSecret: "" })}
          >
            <FormattedMessage id={draft.legacy ? "setup.shop.app" : "setup.shop.legacy"} />
          </Anchor>
        </div>
      </form>
      <Outcome news={newsOf(test, found)}>
        {test.pending && <Testing what="Shopify" />}
        {test.error !== null && <Trouble error={test.error} />}
        {test.sound && refused !== undefined && <Trouble error={new Refusal(refused)} />}
        {found !== null && (
          <Found name={found.name} permissions={found.permissions} remedy={<FormattedMessage id="setup.shop.remedy" />}>
            {found.sixty_days_only && (
              <Notice tone="quiet">
                {words.reason({ code: "shop-only-60-days", params: {} })}{" "}
                {words.remedy({ code: "shop-only-60-days", params: {} })}
              </Notice>
            )}
          </Found>
        )}
      </Outcome>
      {practice === null && shop.domain === null && <FromAnotherComputer />}
      {practice !== null && !draft.legacy && found === null && (
        <PracticeHint
          rows={[
            { label: label("domain"), text: practice.shop_domain },
            { label: label("client"), text: practice.shop_client_id },
            { label: label("secret"), text: practice.shop_secret },
          ]}
          onFill={() =>
            onDraft({
              domain: practice.shop_domain,
              shopClient: practice.shop_client_id,
              shopSecret: practice.shop_secret,
            })
          }
        />
      )}
    </Halves>
  );
}

/** Whoever has a backup from another computer need not begin anew. */
function FromAnotherComputer() {
  const { shown } = usePairs();
  const [wanted, setWanted] = useState(false);
  // Elsewhere there is no folder to put it in.
  if (shown?.can_put_away !== true) return null;
  return wanted ? (
    <div className={classes.form}>
      <Notice tone="quiet">
        <FormattedMessage id="rescue.setup.more" />
      </Notice>
      <RestoreFile pair={shown.id} />
    </div>
  ) : (
    <Anchor component="button" type="button" size="sm" onClick={() => setWanted(true)}>
      <FormattedMessage id="rescue.setup" />
    </Anchor>
  );
}

/** A token is no client secret: the kept one of the other kind does not fit. */
function changedKind(legacy: boolean, client: string | null): boolean {
  return legacy !== (client === null);
}
