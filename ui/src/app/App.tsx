import { type MantineColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { memo, type ReactNode, useEffect, useMemo, useState } from "react";
import { IntlProvider } from "react-intl";
import { useInfo } from "../api/queries";
import { BackendProvider } from "../backend/context";
import type { Backend } from "../backend/port";
import { Outside } from "../components/Outside";
import { type Language, LOCALES, loadCatalogue } from "../i18n/languages";
import { theme, variables } from "../theme/theme";
import { DraftsProvider, PairDraftsProvider } from "./drafts";
import { Frame } from "./Frame";
import { LiveEvents } from "./live";
import { PairsProvider } from "./pairs";
import { prefer, preferences, usePreferences } from "./preferences";

/** The program is on this computer: there is no network to wait for, and a failed command says why at once. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, networkMode: "always", refetchOnWindowFocus: false, staleTime: 5_000 },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

export function App({ backend }: { backend: Backend }) {
  const [client] = useState(newQueryClient);
  return (
    <Look>
      <QueryClientProvider client={client}>
        <DraftsProvider>
          <PairsProvider host={backend}>
            {(shown, ofShown) => <OnePair key={shown} pair={shown} backend={ofShown} />}
          </PairsProvider>
        </DraftsProvider>
      </QueryClientProvider>
    </Look>
  );
}

/**
 * Everything that is of one pair. Another pair has another of these, with nothing kept of this one but what is not saved yet. The
 * list of pairs says of each how it stands, and changes with every sync: nothing here is drawn anew for that.
 */
const OnePair = memo(function OnePair({ pair, backend }: { pair: string; backend: Backend }) {
  const [client] = useState(newQueryClient);
  return (
    <BackendProvider value={backend}>
      <QueryClientProvider client={client}>
        <Speech>
          <LiveEvents>
            <Outside>
              <PairDraftsProvider pair={pair}>
                <Frame />
              </PairDraftsProvider>
            </Outside>
          </LiveEvents>
        </Speech>
      </QueryClientProvider>
    </BackendProvider>
  );
});

/** Mantine asks here for the theme, so that it is kept with the other preferences. */
const schemes: MantineColorSchemeManager = {
  get: () => preferences().theme,
  set: (value) => prefer({ theme: value }),
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => prefer({ theme: "auto" }),
};

export function Look({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
      env={import.meta.env.MODE === "test" ? "test" : "default"}
    >
      {children}
    </MantineProvider>
  );
}

/** The words, in the chosen language, with dates in the shop's time zone. */
function Speech({ children }: { children: ReactNode }) {
  const { language } = usePreferences();
  const { data: info } = useInfo();
  const [loaded, setLoaded] = useState<{ language: Language; messages: Record<string, string> }>();

  useEffect(() => {
    let wanted = true;
    loadCatalogue(language).then((messages) => {
      if (wanted) setLoaded({ language, messages });
    });
    return () => {
      wanted = false;
    };
  }, [language]);

  useEffect(() => {
    if (loaded !== undefined) document.documentElement.lang = loaded.language;
  }, [loaded]);

  const timeZone = useMemo(() => knownTimeZone(info?.time_zone), [info?.time_zone]);
  if (loaded === undefined) return null;
  return (
    <IntlProvider locale={LOCALES[loaded.language]} messages={loaded.messages} defaultLocale="en" timeZone={timeZone}>
      {children}
    </IntlProvider>
  );
}

/** The shop's zone if this web view knows it; else UTC, which is at least the same everywhere. */
function knownTimeZone(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name ?? "UTC" }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}
