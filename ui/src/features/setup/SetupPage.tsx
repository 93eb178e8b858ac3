import { Button, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowLeft, IconCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { SetupStep } from "../../api/generated/SetupStep";
import type { SetupView } from "../../api/generated/SetupView";
import { keys, useInfo, useSetup } from "../../api/queries";
import { PairSwitcher } from "../../app/PairSwitcher";
import { PreferencesMenu } from "../../app/PreferencesMenu";
import { go, href, Link, replace, useRoute } from "../../app/router";
import { useBackend } from "../../backend/context";
import { Trouble } from "../../components/Trouble";
import { PracticeWays } from "../practice/PracticeWays";
import { OpenStep } from "./again";
import { CompanyStep } from "./CompanyStep";
import { type Draft, EMPTY } from "./draft";
import { FlowsStep } from "./FlowsStep";
import { MappingStep } from "./MappingStep";
import { SampleStep } from "./SampleStep";
import classes from "./Setup.module.css";
import { ShopStep } from "./ShopStep";
import { StartStep } from "./StartStep";
import { useMended } from "./tested";

export const STEPS: readonly SetupStep[] = ["shop", "company", "flows", "mapping", "sample", "start"];

export interface StepProps {
  view: SetupView;
  draft: Draft;
  onDraft: (change: Partial<Draft>) => void;
  /** The foot of the page: Back, and what is at its right. */
  foot: (right: ReactNode) => ReactNode;
  /** The step is finished: on to the next. */
  onNext: () => void;
  going: boolean;
}

const BODIES: Record<SetupStep, (props: StepProps) => ReactNode> = {
  shop: ShopStep,
  company: CompanyStep,
  flows: FlowsStep,
  mapping: MappingStep,
  sample: SampleStep,
  start: StartStep,
};

/** The wizard: six steps on a rail, one question a page. Where one was is kept; what was typed is kept while the window is open. */
export function SetupPage() {
  const setup = useSetup();
  return (
    <div className={classes.wizard}>
      {setup.error !== null && (
        <main className={classes.alone}>
          <Trouble error={setup.error} onRetry={() => setup.refetch()} />
        </main>
      )}
      {setup.data !== undefined && <Wizard view={setup.data} />}
    </div>
  );
}

function Wizard({ view }: { view: SetupView }) {
  const intl = useIntl();
  const backend = useBackend();
  const client = useQueryClient();
  const info = useInfo();
  const route = useRoute();
  const small = useMediaQuery("(max-width: 1000px)", false, { getInitialValueInEffect: false });
  const [draft, setDraft] = useState<Draft>(() => EMPTY(view));
  const main = useRef<HTMLElement>(null);
  useSignInMended(view);
  const asked = STEPS.find((step) => route.path[0] === "setup" && step === route.path[1]);
  const step = asked ?? view.step;
  const index = STEPS.indexOf(step);
  const Body = BODIES[step];

  const move = useMutation({
    mutationFn: (request: { step: SetupStep; finished: SetupStep | null }) => backend.call("setup_go", request),
    // The page turns at once; that it is kept is a matter of a moment.
    onMutate: ({ step: to }) => replace(href("setup", to)),
    onSuccess: (after) => client.setQueryData(keys.setup, after),
  });
  const onDraft = useCallback((change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change })), []);
  const next = STEPS[index + 1];
  const back = STEPS[index - 1];

  // biome-ignore lint/correctness/useExhaustiveDependencies: another step begins at its heading
  useEffect(() => {
    document.title = `${intl.formatMessage({ id: `setup.step.${step}` })} \u00b7 Brygga`;
    main.current?.querySelector("h1")?.focus();
  }, [step]);

  const foot = (right: ReactNode) => (
    <footer className={classes.foot}>
      {back !== undefined && (
        <Button
          variant="default"
          leftSection={<IconArrowLeft size={16} aria-hidden="true" />}
          onClick={() => move.mutate({ step: back, finished: null })}
        >
          <FormattedMessage id="setup.back" />
        </Button>
      )}
      <span className={classes.space} />
      {right}
    </footer>
  );

  return (
    <>
      <nav className={classes.rail} aria-label={intl.formatMessage({ id: "setup.title" })}>
        <div className={classes.brand}>
          <PairSwitcher small={small} practice={info.data?.practice === true} />
        </div>
        <ol className={classes.steps}>
          {STEPS.map((each, at) => {
            const done = view.done.includes(each);
            // A step can be gone to when it is done, or when all before it are.
            const open = done || at <= index || STEPS.slice(0, at).every((before) => isEnough(view, before));
            return (
              <li key={each}>
                <Tooltip label={intl.formatMessage({ id: `setup.step.${each}` })} position="right" disabled={!small}>
                  <button
                    type="button"
                    className={classes.step}
                    aria-current={each === step ? "step" : undefined}
                    disabled={!open}
                    onClick={() => move.mutate({ step: each, finished: null })}
                  >
                    <span className={classes.number} data-done={done || undefined} aria-hidden="true">
                      {done ? <IconCheck size={14} stroke={2.4} /> : at + 1}
                    </span>
                    <span className={classes.stepWord}>
                      <FormattedMessage id={`setup.step.${each}`} />
                    </span>
                    {done && (
                      <span className="visually-hidden">
                        {", "}
                        <FormattedMessage id="setup.done" />
                      </span>
                    )}
                  </button>
                </Tooltip>
              </li>
            );
          })}
        </ol>
        <div className={classes.railFoot}>
          {view.started && (
            <Link to={href("overview")} className={classes.leave}>
              <FormattedMessage id="setup.leave" />
            </Link>
          )}
          <PracticeWays small={small} />
          <PreferencesMenu small={small} />
        </div>
      </nav>
      <main ref={main} className={classes.main} id="main">
        <p className={classes.of}>
          <FormattedMessage id="setup.of" values={{ number: index + 1, count: STEPS.length }} />
        </p>
        {move.error !== null && <Trouble error={move.error} />}
        <OpenStep value={step}>
          <Body
            view={view}
            draft={draft}
            onDraft={onDraft}
            foot={foot}
            going={move.isPending}
            onNext={() => (next === undefined ? go(href("overview")) : move.mutate({ step: next, finished: step }))}
          />
        </OpenStep>
      </main>
    </>
  );
}

/** A sign-in ends in the browser, whichever step is open then. */
function useSignInMended({ company: { sign_in: signIn } }: SetupView) {
  const mended = useMended("company");
  const wasWaiting = useRef(false);
  useEffect(() => {
    if (wasWaiting.current && signIn.waiting === null && signIn.trouble === null && signIn.signed_in) mended();
    wasWaiting.current = signIn.waiting !== null;
  });
}

/** The sample is worth doing, and nobody is made to. */
function isEnough(view: SetupView, step: SetupStep): boolean {
  return step === "sample" || view.done.includes(step);
}
