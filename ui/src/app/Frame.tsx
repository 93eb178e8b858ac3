import { Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useRef } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { Overview } from "../api/generated/Overview";
import { useInfo, useOverviewOf } from "../api/queries";
import { Refusal } from "../backend/port";
import { Rescue } from "../components/RestoreCopy";
import { Trouble } from "../components/Trouble";
import { placeToConnect } from "../features/setup/again";
import { formatCount } from "../i18n/format";
import { Announcer } from "./Announcer";
import { Boundary } from "./Boundary";
import { DesktopLanguage } from "./DesktopLanguage";
import { useDrafts } from "./drafts";
import classes from "./Frame.module.css";
import { OthersInNeed, PairSwitcher } from "./PairSwitcher";
import { PreferencesMenu } from "./PreferencesMenu";
import { pageOf, pagesOf } from "./pages";
import { usePairs } from "./pairs";
import { href, Link, useRoute } from "./router";
import { Spotlight } from "./Spotlight";
import { StatusLine } from "./StatusLine";
import { useShortcuts } from "./shortcuts";

/** Seldom wanted: it is loaded when it is. */
const SetupPage = lazy(async () => ({ default: (await import("../features/setup/SetupPage")).SetupPage }));

/** The number of the health sentence, so that the two never disagree; what the flows count where it has none. */
function heldCount({ health, flows }: Overview): number {
  if (health.kind === "needs_you") return health.held;
  return flows.reduce((sum, flow) => sum + flow.counts.held, 0);
}

/** What is drawn of a pair, whatever of it cannot be. */
export function Frame() {
  return (
    <Boundary address={useRoute().path.join("/")}>
      <Suspense fallback={null}>
        <WizardOrPages />
      </Suspense>
    </Boundary>
  );
}

/** The wizard while the pair is not set up, and where it is asked for; else the pages. */
function WizardOrPages() {
  const info = useInfo();
  const route = useRoute();
  // Which of the two it is must be known first: neither may flash before the other. A program that does not answer is a page's matter.
  if (info.data === undefined && info.errorUpdateCount === 0) return null;
  if (info.data !== undefined && (!info.data.set_up || route.path[0] === "setup")) return <SetupPage />;
  return <Pages />;
}

/** The navigation at the left, the page at the right. */
function Pages() {
  const intl = useIntl();
  const route = useRoute();
  const info = useInfo();
  // Of the overview that alone: the navigation is not drawn anew for every step of a run.
  const overview = useOverviewOf(heldCount);
  const page = pageOf(route.path[0]);
  const main = useRef<HTMLElement>(null);
  const spotlight = useShortcuts();
  const small = useMediaQuery("(max-width: 900px)", false, { getInitialValueInEffect: false });
  const { kept } = useDrafts();
  const unsaved: Partial<Record<string, number>> = { mapping: kept.mapping.unsaved, settings: kept.settings.unsaved };
  const held = overview.data ?? 0;
  const practice = info.data?.practice === true;
  const Content = page.component;
  const address = route.path.join("/");

  // biome-ignore lint/correctness/useExhaustiveDependencies: another page starts at its top
  useEffect(() => {
    if (main.current !== null) main.current.scrollTop = 0;
    document.title = `${intl.formatMessage({ id: page.title })} \u00b7 Brygga`;
  }, [address, page.title, intl]);

  return (
    <div className={classes.frame}>
      <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
        <FormattedMessage id="frame.skip" />
      </button>
      <nav className={classes.nav} aria-label={intl.formatMessage({ id: "frame.nav" })}>
        <div className={classes.pair}>
          <PairSwitcher small={small} practice={practice} />
        </div>
        <ul className={classes.links}>
          {pagesOf(practice).map((entry) => {
            const title = intl.formatMessage({ id: entry.title });
            const badge = entry.path === "fixes" && held > 0 ? held : undefined;
            const changes = unsaved[entry.path] ?? 0;
            const Icon = entry.icon;
            return (
              <li key={entry.path}>
                <Tooltip label={title} position="right" disabled={!small}>
                  <Link
                    to={href(entry.path)}
                    className={classes.link}
                    aria-current={entry === page ? "page" : undefined}
                  >
                    <Icon size={18} stroke={1.8} aria-hidden="true" />
                    <span className={classes.linkWord}>{title}</span>
                    {badge !== undefined && (
                      <>
                        <span className={classes.badge} aria-hidden="true">
                          {formatCount(intl.locale, badge)}
                        </span>
                        <span className="visually-hidden">
                          {", "}
                          <FormattedMessage id="nav.fixes.count" values={{ count: badge }} />
                        </span>
                      </>
                    )}
                    {changes > 0 && (
                      <>
                        <span
                          className={classes.unsaved}
                          title={intl.formatMessage({ id: "nav.unsaved" }, { count: changes })}
                          aria-hidden="true"
                        />
                        <span className="visually-hidden">
                          {", "}
                          <FormattedMessage id="nav.unsaved" values={{ count: changes }} />
                        </span>
                      </>
                    )}
                  </Link>
                </Tooltip>
              </li>
            );
          })}
        </ul>
        <div className={classes.foot}>
          <OthersInNeed small={small} />
          {overview.error !== null && <Lost error={overview.error} small={small} />}
          <StatusLine small={small} />
          <PreferencesMenu small={small} />
        </div>
      </nav>
      <main id="main" ref={main} className={classes.main} tabIndex={-1}>
        {info.error === null ? (
          <Boundary address={address}>
            <Suspense fallback={null}>
              <Content />
            </Suspense>
          </Boundary>
        ) : (
          <div className={classes.trouble}>
            <Trouble error={info.error} onRetry={() => info.refetch()} />
            <RescueOfShown />
          </div>
        )}
      </main>
      <Spotlight opened={spotlight.opened} onClose={spotlight.close} />
      <Announcer />
      <DesktopLanguage />
    </div>
  );
}

/** A store that cannot be opened gets a backup back here. */
function RescueOfShown() {
  const { shown } = usePairs();
  return shown?.state.kind === "broken" ? <Rescue pair={shown.id} /> : null;
}

/** In place of the status, of which nothing is known while a connection is lost: the way to it, whatever page is open. */
function Lost({ error, small }: { error: Error; small: boolean }) {
  const intl = useIntl();
  const place = placeToConnect(Refusal.from(error));
  if (place === undefined) return null;
  const word = intl.formatMessage({ id: "setup.open" });
  return (
    <Tooltip label={word} position="right" disabled={!small}>
      <Link to={place} className={classes.link} data-needs>
        <IconPlugConnectedX size={18} stroke={1.8} aria-hidden="true" />
        <span className={classes.linkWord}>{word}</span>
      </Link>
    </Tooltip>
  );
}
