/** The pairs of the program, and the one that this page shows. Everything below is of that one, and is made anew for another. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { PairAway } from "../api/generated/PairAway";
import type { PairLine } from "../api/generated/PairLine";
import type { PairsView } from "../api/generated/PairsView";
import { keys } from "../api/queries";
import { ofPair, shared } from "../backend/pairs";
import type { Backend } from "../backend/port";
import { calm, TOGETHER_MS } from "./calm";
import { useAllDrafts } from "./drafts";
import { go, href, parseRoute } from "./router";

export interface PairsHere {
  /** All of them; undefined while the program does not tell. */
  view: PairsView | undefined;
  /** The one that is shown. */
  shown: PairLine | undefined;
  /** Shows another; the practice pair begins when it is shown first. */
  show: (pair: string) => Promise<void>;
  /** A new one, with nothing connected. */
  add: () => Promise<void>;
  rename: (pair: string, label: string) => Promise<void>;
  putAway: (pair: PairLine) => Promise<void>;
  /** Which one is on its way to be shown. */
  going: string | undefined;
  /** Why the last of these did not come about. */
  error: unknown;
  /** What was put away, and where it is: until it was read. */
  away: { name: string; place: string } | undefined;
  /** It was read. */
  forget: () => void;
}

const PairsContext = createContext<PairsHere | null>(null);

/** The list is read again at most this often while something happens in any of them. */
const REREAD_MS = 1200;

export function usePairs(): PairsHere {
  const pairs = useContext(PairsContext);
  if (pairs === null) throw new Error("no pairs around this component");
  return pairs;
}

/** What the person calls it, else its shop; empty for one with which nobody began. */
export function nameOf(pair: PairLine): string {
  return pair.label ?? pair.shop;
}

export function PairsProvider({
  host,
  children,
}: {
  host: Backend;
  children: (shown: string, backend: Backend) => ReactNode;
}) {
  const client = useQueryClient();
  const drafts = useAllDrafts();
  const hub = useMemo(() => shared(host), [host]);
  const pairs = useQuery({ queryKey: keys.pairs, queryFn: () => hub.call("pairs", {}) });
  const [chosen, setChosen] = useState<string>();
  const [going, setGoing] = useState<string>();
  const [error, setError] = useState<unknown>(null);
  const [away, setAway] = useState<PairsHere["away"]>();
  const busy = useRef(false);

  useEffect(() => {
    const reread = calm(REREAD_MS, () => client.invalidateQueries({ queryKey: keys.pairs }), TOGETHER_MS);
    const again = () => reread.run(undefined);
    const stop = hub.listen((event) => {
      if (event.event !== "activity" && event.event !== "progress") again();
    }, again);
    return () => {
      stop();
      reread.cancel();
    };
  }, [hub, client]);

  const view = pairs.data;
  const shown = view?.pairs.find(({ id }) => id === chosen) ?? view?.pairs.find(({ id }) => id === view.shown);
  const id = shown?.id ?? "";
  // Another page of the same program may show another pair: this one stays where it is.
  useEffect(() => {
    if (id !== "") setChosen(id);
  }, [id]);

  const perform = useCallback(
    async <Answer,>(what: string, act: () => Promise<Answer>, then: (answer: Answer) => void) => {
      if (busy.current) return;
      busy.current = true;
      setGoing(what);
      setError(null);
      try {
        then(await act());
      } catch (thrown) {
        setError(thrown);
        client.invalidateQueries({ queryKey: keys.pairs });
      } finally {
        busy.current = false;
        setGoing(undefined);
      }
    },
    [client],
  );
  const turnTo = useCallback(
    (after: PairsView) => {
      // A record, a step or a search of one pair is nothing in another.
      const { path, search } = parseRoute(window.location.hash);
      const own = path.length > 1 || path[0] === "setup" || path[0] === "practice";
      if (own || search.size > 0) go(href(own ? "overview" : (path[0] ?? "overview")));
      client.setQueryData(keys.pairs, after);
      setChosen(after.shown);
    },
    [client],
  );

  const here = useMemo<PairsHere>(
    () => ({
      view,
      shown,
      going,
      error,
      away,
      show: (pair) => perform(pair, () => hub.call("pair_show", { pair }), turnTo),
      add: () => perform("", () => hub.call("pair_add", {}), turnTo),
      rename: (pair, label) =>
        perform(
          "",
          () => hub.call("pair_rename", { pair, label }),
          (after) => client.setQueryData(keys.pairs, after),
        ),
      putAway: (pair) =>
        perform(
          "",
          () => hub.call("pair_put_away", { pair: pair.id, confirmed: nameOf(pair) }),
          (after: PairAway) => {
            drafts.forget(pair.id);
            setAway({ name: nameOf(pair), place: after.place });
            if (pair.id === id) turnTo(after.pairs);
            else client.setQueryData(keys.pairs, after.pairs);
          },
        ),
      forget: () => {
        setAway(undefined);
        setError(null);
      },
    }),
    [view, shown, going, error, away, perform, turnTo, hub, client, drafts, id],
  );
  const backend = useMemo(() => (id === "" ? hub : ofPair(hub, id)), [hub, id]);
  // Which one it is must be known first; a program that does not answer is a page's matter.
  if (view === undefined && pairs.error === null) return null;
  return <PairsContext value={here}>{children(id, backend)}</PairsContext>;
}
