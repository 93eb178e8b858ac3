/** The activity log, newest first: read in pieces from the database, kept live by events while the reader is at the top. */
import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ActivityPage } from "../../api/generated/ActivityPage";
import type { ActivityRow } from "../../api/generated/ActivityRow";
import { keys } from "../../api/queries";
import { useLive } from "../../app/live";
import { useBackend } from "../../backend/context";

const PIECE = 200;
/** Live lines above this are given back to the database: whoever scrolls down reads them from there again. */
const MOST_LIVE = 1000;
/** Whoever looks further back waits for what is found, but no longer than for so many pieces. */
const FURTHER = 25;
/** A search is done by the database; while events come in it is asked again at most this often. */
const SEARCH_AGAIN_MS = 1000;

type Log = InfiniteData<ActivityPage, number | null>;

/** Which lines. */
export interface Wanted {
  search: string;
  kind: string | null;
  serious: boolean;
  /** Days, `YYYY-MM-DD`. */
  from: string | null;
  to: string | null;
}

/** What the program is asked for. */
export function asked({ search, ...rest }: Wanted) {
  return { ...rest, search: search === "" ? null : search };
}

export function useActivity(wanted: Wanted) {
  const { search, kind, serious, from, to } = wanted;
  const backend = useBackend();
  const client = useQueryClient();
  const live = useLive();
  const queryKey = useMemo(
    () => [...keys.activity, search, kind, serious, from, to],
    [search, kind, serious, from, to],
  );
  const filtered = search !== "" || kind !== null || serious || from !== null || to !== null;
  const atTop = useRef(true);
  // Lines that came while the first piece was still being read: it may or may not hold them.
  const early = useRef<ActivityRow[]>([]);
  const [held, setHeld] = useState<ActivityRow[]>([]);
  const [foundNewer, setFoundNewer] = useState(0);
  const [shown, setShown] = useState(0);

  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => backend.call("activity", { ...asked(wanted), before: pageParam, limit: PIECE }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.older,
    // What was read before is stale as soon as a line is added elsewhere: it is not worth keeping.
    gcTime: 0,
    // While a search is under way, what was found before stays.
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });

  useEffect(() => {
    setHeld([]);
    setFoundNewer(0);
    early.current = [];
    atTop.current = true;
    if (!filtered) {
      return live.onActivity((rows) => {
        const newestFirst = [...rows].sort((a, b) => b.id - a.id);
        if (client.getQueryData<Log>(queryKey) === undefined) early.current.unshift(...newestFirst);
        else if (atTop.current) client.setQueryData<Log>(queryKey, (log) => prepend(log, newestFirst));
        else setHeld((kept) => [...newestFirst, ...kept]);
      });
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = live.onActivity(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        // Whoever has looked further back must not begin again.
        const pieces = client.getQueryData<Log>(queryKey)?.pages.length ?? 0;
        if (atTop.current && pieces < 2) client.resetQueries({ queryKey });
        else setFoundNewer(1);
      }, SEARCH_AGAIN_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [live, client, queryKey, filtered]);

  const isRead = query.data !== undefined;
  useEffect(() => {
    if (!isRead || early.current.length === 0) return;
    const rows = early.current;
    early.current = [];
    client.setQueryData<Log>(queryKey, (log) => prepend(log, rows));
  }, [isRead, client, queryKey]);

  const showNewer = useCallback(() => {
    client.setQueryData<Log>(queryKey, (log) => prepend(log, held));
    if (foundNewer > 0) client.resetQueries({ queryKey });
    setHeld([]);
    setFoundNewer(0);
    atTop.current = true;
    setShown((times) => times + 1);
  }, [client, queryKey, held, foundNewer]);

  const setAtTop = useCallback((now: boolean) => {
    atTop.current = now;
  }, []);

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const last = query.data?.pages.at(-1);
  // A search that came to the end of what it may open at a time goes on when it is told to, and not by itself through a whole log.
  const lookedTo = search === "" ? null : (last?.looked_to ?? null);
  const goesOn = hasNextPage && (lookedTo === null || last?.rows.length === PIECE);
  const readMore = useCallback(() => {
    if (goesOn && !isFetchingNextPage) fetchNextPage();
  }, [goesOn, isFetchingNextPage, fetchNextPage]);
  const [looking, setLooking] = useState(false);
  // What is searched now: whoever asks for something else is not looking further for it.
  const asking = useRef<typeof queryKey>(undefined);
  useEffect(() => {
    asking.current = queryKey;
    setLooking(false);
    return () => {
      asking.current = undefined;
    };
  }, [queryKey]);
  const lookFurther = useCallback(async () => {
    setLooking(true);
    for (let piece = 0; piece < FURTHER; piece += 1) {
      const { data, error, hasNextPage: more } = await fetchNextPage();
      if (asking.current !== queryKey) return;
      if (error !== null || !more || (data?.pages.at(-1)?.rows.length ?? 0) > 0) break;
    }
    setLooking(false);
  }, [fetchNextPage, queryKey]);

  const rows = useMemo(() => inOrder(query.data?.pages ?? [], search), [query.data, search]);
  return {
    rows,
    more: query.hasNextPage,
    loading: query.isPending,
    error: query.error,
    readMore,
    /** Down to which moment a search has looked, where older lines are left. */
    lookedTo,
    /** Looks on, until something is found or the log ends. */
    lookFurther,
    looking,
    readAgain: () => query.refetch(),
    setAtTop,
    /** Lines that came while the reader was further down. */
    newer: held.length + foundNewer,
    showNewer,
    /** Grows each time the newer lines are shown: the list goes back to its top. */
    shown,
  };
}

/** The lines of all pieces. A search has old ones of a record that is named so in front, and may come to them again. */
export function inOrder(pages: Pick<ActivityPage, "rows">[], search: string): ActivityRow[] {
  const all = pages.flatMap((page) => page.rows);
  if (search === "") return all;
  return [...new Map(all.map((row) => [row.id, row])).values()].sort((one, other) => other.id - one.id);
}

/** The log with newer lines in front; lines that are there already are not doubled. */
export function prepend(log: Log | undefined, newestFirst: ActivityRow[]): Log | undefined {
  const first = log?.pages[0];
  if (log === undefined || first === undefined) return log;
  const newest = first.rows[0]?.id ?? Number.NEGATIVE_INFINITY;
  const added = newestFirst.filter((row) => row.id > newest);
  if (added.length === 0) return log;
  const rows = [...added, ...first.rows];
  if (rows.length > MOST_LIVE) {
    const kept = rows.slice(0, MOST_LIVE / 2);
    return { pages: [{ rows: kept, older: kept.at(-1)?.id ?? null, looked_to: null }], pageParams: [null] };
  }
  return { pages: [{ ...first, rows }, ...log.pages.slice(1)], pageParams: log.pageParams };
}
