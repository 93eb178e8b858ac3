import { Anchor, Button, NumberInput, TextInput } from "@mantine/core";
import { IconBrowser } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Reason } from "../../api/generated/Reason";
import type { SignInSetup } from "../../api/generated/SignInSetup";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";
import { Refusal } from "../../backend/port";
import { Copy } from "../../components/Copy";
import { Notice } from "../../components/Notice";
import { Trouble } from "../../components/Trouble";
import { useOpen } from "../../components/useOpen";
import { useWords } from "../../i18n/useWords";
import { CompanyResult, listOf } from "./CompanyStep";
import { ForgetGrant } from "./ForgetGrant";
import { PracticeHint } from "./PracticeHint";
import classes from "./Setup.module.css";
import type { StepProps } from "./SetupPage";
import { Outcome, Testing } from "./Testing";
import { newsOf, SIGN_IN, useTest } from "./tested";

/** A sign-in that ended so never came to Visma's answer: it says nothing about the one that is kept. */
const SAYS_NOTHING = new Set(["sign-in-cancelled", "sign-in-timed-out", "sign-in-port-taken", "sign-in-mixed-up"]);

/** What is in the fields is what one is signed in by, and the last sign-in was not refused. */
export function isSignedInAsShown({ view, draft }: StepProps): boolean {
  const { sign_in: kept } = view.company;
  return (
    kept.waiting === null &&
    (kept.trouble === null || SAYS_NOTHING.has(kept.trouble.code)) &&
    draft.person.trim() === (kept.client_id ?? "") &&
    draft.port === kept.port &&
    listOf(draft.personScopes).join(" ") === kept.scopes.join(" ")
  );
}

/** The test of a sign-in that is kept: it takes no browser. */
export function useSignInTest({ view, draft }: StepProps) {
  const backend = useBackend();
  const { sign_in: kept } = view.company;
  return useTest({
    side: "company",
    form: SIGN_IN,
    input: { person: draft.person.trim(), port: String(draft.port), scopes: listOf(draft.personScopes).join(" ") },
    kept: { person: kept.client_id ?? "", port: String(kept.port), scopes: kept.scopes.join(" ") },
    typed: false,
    run: () => backend.call("setup_check", { shop: false, company: true }),
    onTested: () => undefined,
  });
}

interface SignInProps extends StepProps {
  test: ReturnType<typeof useSignInTest>;
  /** Why the last run could not use it. */
  refused: Reason | undefined;
}

/** Sign-in by the browser: the program waits at a port of this computer, and the page follows what it says. */
export function SignInForm({ test, refused, ...props }: SignInProps) {
  const { view, draft, onDraft } = props;
  const intl = useIntl();
  const words = useWords();
  const backend = useBackend();
  const client = useQueryClient();
  const { practice } = view;
  const { sign_in: signIn, found } = view.company;
  const [more, setMore] = useState(false);
  const waiting = signIn.waiting;
  const browser = useOpen();
  const asShown = signIn.signed_in && isSignedInAsShown(props);
  const sound = asShown && refused === undefined && !test.pending && test.error === null;

  const start = useMutation({
    mutationFn: () =>
      backend.call("sign_in", {
        client_id: draft.person.trim(),
        scopes: listOf(draft.personScopes),
        port: draft.port,
        language: intl.locale,
        done: intl.formatMessage({ id: "setup.signIn.page.done" }),
        failed: intl.formatMessage({ id: "setup.signIn.page.failed" }),
        next: intl.formatMessage({ id: "setup.signIn.page.then" }),
      }),
    onSuccess: async ({ address }) => {
      // Waiting has begun, whether a browser opens or not: the address can be copied.
      browser.open(address);
      await client.invalidateQueries({ queryKey: keys.setup });
    },
  });
  const cancel = useMutation({
    mutationFn: () => backend.call("sign_in_cancel", {}),
    onSuccess: (after) => client.setQueryData(keys.setup, after),
  });
  const news = waiting ?? start.error?.message ?? signIn.trouble?.code ?? newsOf(test, sound ? found : null);
  const lacks = draft.person.trim() === "" || draft.personScopes.trim() === "";

  return (
    <>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!lacks) start.mutate();
        }}
      >
        {(more || signIn.client_id === null) && (
          <TextInput
            label={intl.formatMessage({ id: "setup.signIn.client" })}
            description={<FormattedMessage id="setup.signIn.client.more" />}
            autoComplete="off"
            spellCheck={false}
            value={draft.person}
            onChange={(event) => onDraft({ person: event.currentTarget.value })}
          />
        )}
        {more && (
          <>
            <NumberInput
              label={intl.formatMessage({ id: "setup.signIn.port" })}
              description={<FormattedMessage id="setup.signIn.port.more" />}
              classNames={{ wrapper: classes.short ?? "" }}
              min={1024}
              max={65535}
              allowDecimal={false}
              allowNegative={false}
              hideControls
              value={draft.port}
              onChange={(port) => typeof port === "number" && onDraft({ port })}
            />
            <TextInput
              label={intl.formatMessage({ id: "setup.company.scopes" })}
              autoComplete="off"
              spellCheck={false}
              value={draft.personScopes}
              onChange={(event) => onDraft({ personScopes: event.currentTarget.value })}
            />
          </>
        )}
        <div className={classes.formActions}>
          <Button
            type="submit"
            variant={sound ? "default" : "filled"}
            leftSection={<IconBrowser size={16} aria-hidden="true" />}
            disabled={lacks}
            loading={start.isPending}
          >
            <FormattedMessage id={signIn.signed_in ? "setup.signIn.again" : "setup.signIn.start"} />
          </Button>
          {asShown && (
            <Button variant="default" loading={test.pending} onClick={() => test.start()}>
              <FormattedMessage id="setup.check.signIn" />
            </Button>
          )}
          <Anchor component="button" type="button" size="sm" aria-expanded={more} onClick={() => setMore(!more)}>
            <FormattedMessage id="setup.more" />
          </Anchor>
        </div>
      </form>
      <Outcome news={news}>
        {start.error !== null && <Trouble error={start.error} />}
        {test.pending && <Testing what="Visma.net" />}
        {waiting === null && test.error !== null && <Trouble error={test.error} />}
        {waiting !== null && (
          <Notice
            tone="waiting"
            actions={
              <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
                <FormattedMessage id="settings.cancel" />
              </Button>
            }
          >
            <p className={classes.foundText} role="status">
              <FormattedMessage id="setup.signIn.waiting" />
            </p>
            <p className={classes.remedy}>
              <FormattedMessage id="setup.signIn.waiting.more" />{" "}
              <Anchor component="button" type="button" size="sm" onClick={() => browser.open(waiting)}>
                <FormattedMessage id="setup.signIn.open" />
              </Anchor>
            </p>
            {browser.unopened?.url === waiting && (
              <p className={classes.remedy} role="alert">
                <FormattedMessage id="setup.unopened" />
              </p>
            )}
            <div className={classes.copy}>
              <code>{waiting}</code>
              <Copy text={waiting} what={intl.formatMessage({ id: "setup.signIn.address" })} />
            </div>
            <p className={classes.remedy}>
              <FormattedMessage
                id="setup.signIn.unregistered"
                values={{ address: <code key="address">{landingOf(waiting) ?? redirectAt(signIn, draft.port)}</code> }}
              />
            </p>
            {signIn.trouble !== null && (
              <p className={classes.remedy}>
                {words.reason(signIn.trouble)} {words.remedy(signIn.trouble)}
              </p>
            )}
          </Notice>
        )}
        {waiting === null && signIn.trouble !== null && start.error === null && (
          <Trouble error={new Refusal(signIn.trouble)} />
        )}
        {waiting === null && signIn.trouble === null && refused !== undefined && (
          <Trouble error={new Refusal(refused)} />
        )}
        {sound && found !== null && <CompanyResult found={found} />}
      </Outcome>
      {signIn.signed_in && waiting === null && <ForgetGrant grant="person" />}
      {practice !== null && !signIn.signed_in && waiting === null && (
        <PracticeHint
          rows={[{ label: intl.formatMessage({ id: "setup.signIn.client" }), text: practice.sign_in_client_id }]}
          onFill={() => onDraft({ person: practice.sign_in_client_id })}
        />
      )}
    </>
  );
}

/** Where Visma sends the browser after this sign-in: its page refuses every other address, and says so only there. */
function landingOf(address: string): string | null {
  const [, query = ""] = address.split("?", 2);
  return new URLSearchParams(query).get("redirect_uri");
}

/** The redirect address, with the port that is in the field. */
export function redirectAt({ redirect }: SignInSetup, port: number): string {
  return redirect.replace(/:\d+(?=\/|$)/, `:${port}`);
}
