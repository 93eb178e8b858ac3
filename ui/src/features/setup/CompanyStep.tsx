import { Anchor, Button, PasswordInput, SegmentedControl, TextInput } from "@mantine/core";
import { IconCircleCheck, IconCircleMinus } from "@tabler/icons-react";
import { useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { CompanyFound } from "../../api/generated/CompanyFound";
import type { Reason } from "../../api/generated/Reason";
import { useBackend } from "../../backend/context";
import { Refusal } from "../../backend/port";
import { Trouble } from "../../components/Trouble";
import { useWords } from "../../i18n/useWords";
import { ForgetGrant } from "./ForgetGrant";
import { Found } from "./Found";
import { Guide, type GuideStep } from "./Guide";
import { Halves } from "./Halves";
import { PORTAL } from "./opening";
import { PracticeHint } from "./PracticeHint";
import classes from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { isSignedInAsShown, redirectAt, SignInForm, useSignInTest } from "./SignInForm";
import { Outcome, Testing } from "./Testing";
import { newsOf, useRefused, useTest } from "./tested";

export function CompanyStep(props: StepProps) {
  const { view, draft, onDraft, foot, onNext, going } = props;
  const intl = useIntl();
  const { company } = view;
  const signIn = draft.way === "sign_in";
  const scopesWord = intl.formatMessage({ id: "setup.scopes" });
  const test = useApplicationTest(props);
  const refused = useRefused("company", view);
  // A run that was signed out tells about the sign-in; where both are kept, everything else is told by the application.
  const ofSignIn = refused?.code === "erp-signed-out" || !company.secret_kept;
  const why = refused !== undefined && ofSignIn === signIn ? refused : undefined;
  const signInTest = useSignInTest(props);
  const sound = why === undefined && (signIn ? isSignedInAsShown(props) && signInTest.error === null : test.sound);
  return (
    <Halves
      title={<FormattedMessage id="setup.company.title" />}
      lead={<FormattedMessage id="setup.company.lead" />}
      guide={
        <Guide
          key={draft.way}
          steps={
            signIn
              ? signInGuide(redirectAt(company.sign_in, draft.port), listOf(draft.personScopes).join(" "), scopesWord)
              : applicationGuide(company.scopes, scopesWord)
          }
        />
      }
      foot={foot(
        <Button disabled={!sound || !view.done.includes("company")} loading={going} onClick={onNext}>
          <FormattedMessage id="setup.next" />
        </Button>,
      )}
    >
      <SegmentedControl
        fullWidth
        aria-label={intl.formatMessage({ id: "setup.company.way" })}
        value={draft.way}
        onChange={(way) => onDraft({ way: way === "sign_in" ? "sign_in" : "application" })}
        data={[
          { value: "application", label: intl.formatMessage({ id: "setup.company.application" }) },
          { value: "sign_in", label: intl.formatMessage({ id: "setup.company.signIn" }) },
        ]}
      />
      <p className={classes.way}>
        <FormattedMessage id={signIn ? "setup.company.signIn.more" : "setup.company.application.more"} />
      </p>
      {signIn ? (
        <SignInForm {...props} test={signInTest} refused={why} />
      ) : (
        <ApplicationForm {...props} test={test} refused={why} />
      )}
    </Halves>
  );
}

/** The test of the application. It belongs to the step: its button to go on follows it. */
function useApplicationTest({ view, draft, onDraft }: StepProps) {
  const backend = useBackend();
  const { company } = view;
  const client_id = draft.companyClient.trim();
  const tenant_id = draft.tenant.trim();
  const scopes = listOf(draft.companyScopes);
  return useTest({
    side: "company",
    input: { client_id, tenant_id, scopes: scopes.join(" ") },
    kept: {
      client_id: company.client_id ?? "",
      tenant_id: company.tenant_id ?? "",
      scopes: company.scopes.join(" "),
    },
    typed: draft.companySecret !== "",
    run: () =>
      backend.call("setup_company", {
        client_id,
        tenant_id,
        scopes,
        secret: draft.companySecret.trim() === "" ? null : draft.companySecret.trim(),
      }),
    onTested: (after) => onDraft({ companySecret: "", companyScopes: after.company.scopes.join(" ") }),
  });
}

interface ApplicationProps extends StepProps {
  test: ReturnType<typeof useApplicationTest>;
  /** Why the last run could not use it. */
  refused: Reason | undefined;
}

function ApplicationForm({ view, draft, onDraft, test, refused }: ApplicationProps) {
  const intl = useIntl();
  const { company, practice } = view;
  const [more, setMore] = useState(false);
  const label = (id: "client" | "secret" | "tenant" | "scopes") => intl.formatMessage({ id: `setup.company.${id}` });
  const lacks =
    draft.companyClient.trim() === "" ||
    draft.tenant.trim() === "" ||
    (draft.companySecret.trim() === "" && !company.secret_kept);
  const found = test.sound && refused === undefined && company.secret_kept ? company.found : null;

  return (
    <>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!lacks) test.start();
        }}
      >
        <TextInput
          label={label("client")}
          placeholder="isv_..."
          autoComplete="off"
          spellCheck={false}
          value={draft.companyClient}
          onChange={(event) => onDraft({ companyClient: event.currentTarget.value })}
        />
        <PasswordInput
          label={label("secret")}
          description={<FormattedMessage id={company.secret_kept ? "setup.secret.kept" : "setup.secret.where"} />}
          autoComplete="off"
          visibilityToggleButtonProps={{ "aria-label": intl.formatMessage({ id: "setup.secret.show" }), tabIndex: 0 }}
          value={draft.companySecret}
          onChange={(event) => onDraft({ companySecret: event.currentTarget.value })}
        />
        <TextInput
          label={label("tenant")}
          description={<FormattedMessage id="setup.company.tenant.more" />}
          autoComplete="off"
          spellCheck={false}
          value={draft.tenant}
          onChange={(event) => onDraft({ tenant: event.currentTarget.value })}
        />
        {more && (
          <TextInput
            label={label("scopes")}
            autoComplete="off"
            spellCheck={false}
            value={draft.companyScopes}
            onChange={(event) => onDraft({ companyScopes: event.currentTarget.value })}
          />
        )}
        <div className={classes.formActions}>
          <Button type="submit" variant={found === null ? "filled" : "default"} disabled={lacks} loading={test.pending}>
            <FormattedMessage id="setup.test" />
          </Button>
          <Anchor component="button" type="button" size="sm" aria-expanded={more} onClick={() => setMore(!more)}>
            <FormattedMessage id="setup.more" />
          </Anchor>
        </div>
      </form>
      <Outcome news={newsOf(test, found)}>
        {test.pending && <Testing what="Visma.net" />}
        {test.error !== null && <Trouble error={test.error} />}
        {test.sound && refused !== undefined && <Trouble error={new Refusal(refused)} />}
        {found !== null && <CompanyResult found={found} />}
      </Outcome>
      {company.client_id !== null && <ForgetGrant grant="application" />}
      {practice !== null && found === null && (
        <PracticeHint
          rows={[
            { label: label("client"), text: practice.company_client_id },
            { label: label("secret"), text: practice.company_secret },
            { label: label("tenant"), text: practice.tenant_id },
          ]}
          onFill={() =>
            onDraft({
              companyClient: practice.company_client_id,
              companySecret: practice.company_secret,
              tenant: practice.tenant_id,
            })
          }
        />
      )}
    </>
  );
}

/** What was found in the company, and what an order can become with it. */
export function CompanyResult({ found }: { found: CompanyFound }) {
  const words = useWords();
  const intl = useIntl();
  return (
    <Found
      name={found.name ?? intl.formatMessage({ id: "setup.company.unnamed" })}
      permissions={found.permissions}
      remedy={<FormattedMessage id="setup.company.remedy" />}
    >
      <section className={classes.modes}>
        <h2 className={classes.small}>
          <FormattedMessage id="setup.modes" />
        </h2>
        <ul>
          {found.modes.map(({ mode, open }) => (
            <li key={mode} data-ok={open || undefined}>
              {open ? (
                <IconCircleCheck size={16} aria-hidden="true" />
              ) : (
                <IconCircleMinus size={16} aria-hidden="true" />
              )}
              {words.find(`choice.booking_mode.${mode}`) ?? mode}
              <span className={classes.verdict}>
                <FormattedMessage id={open ? "setup.mode.open" : "setup.mode.closed"} />
              </span>
            </li>
          ))}
        </ul>
        {found.modes.some(({ mode, open }) => mode === "sales_order" && !open) && (
          <p className={classes.remedy}>
            <FormattedMessage id="setup.modes.closed" />
          </p>
        )}
      </section>
    </Found>
  );
}

/** Scopes as people paste them: with spaces, commas or lines between. */
export function listOf(scopes: string): string[] {
  return scopes.split(/[\s,]+/).filter(Boolean);
}

function applicationGuide(scopes: string[], scopesWord: string): GuideStep[] {
  return [
    {
      id: "application",
      title: <FormattedMessage id="setup.company.guide.application" />,
      body: <FormattedMessage id="setup.company.guide.application.more" />,
      picture: "vismaApplication",
      link: PORTAL,
    },
    {
      id: "scopes",
      title: <FormattedMessage id="setup.company.guide.scopes" />,
      body: <FormattedMessage id="setup.company.guide.scopes.more" />,
      picture: "vismaScopes",
      copy: [{ label: scopesWord, text: scopes.join(" "), long: true }],
    },
    {
      id: "secret",
      title: <FormattedMessage id="setup.company.guide.secret" />,
      body: <FormattedMessage id="setup.company.guide.secret.more" />,
      picture: "vismaSecret",
    },
    {
      id: "approve",
      title: <FormattedMessage id="setup.company.guide.approve" />,
      body: <FormattedMessage id="setup.company.guide.approve.more" />,
      picture: "vismaApprove",
    },
    {
      id: "tenant",
      title: <FormattedMessage id="setup.company.guide.tenant" />,
      body: <FormattedMessage id="setup.company.guide.tenant.more" />,
      picture: "vismaTenant",
    },
  ];
}

function signInGuide(redirect: string, scopes: string, scopesWord: string): GuideStep[] {
  return [
    {
      id: "role",
      title: <FormattedMessage id="setup.company.guide.role" />,
      body: <FormattedMessage id="setup.company.guide.role.more" />,
      picture: "vismaRole",
    },
    {
      id: "allow",
      title: <FormattedMessage id="setup.company.guide.allow" />,
      body: <FormattedMessage id="setup.company.guide.allow.more" />,
      picture: "vismaAllow",
    },
    {
      id: "own",
      title: <FormattedMessage id="setup.company.guide.own" />,
      body: <FormattedMessage id="setup.company.guide.own.more" />,
      picture: "vismaNative",
      written: redirect,
      link: PORTAL,
      copy: [
        { label: "Redirect URI", text: redirect },
        { label: scopesWord, text: scopes, long: true },
      ],
    },
  ];
}
