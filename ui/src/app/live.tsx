/** Hears what happens in the program and keeps what the pages show up to date. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from "react";
import type { ActivityRow } from "../api/generated/ActivityRow";
import type { Overview } from "../api/generated/Overview";
import type { ProofProgress } from "../api/generated/ProofProgress";
import type { ProofView } from "../api/generated/ProofView";
import type { RunProgress } from "../api/generated/RunProgress";
import type { RunSummary } from "../api/generated/RunSummary";
import { keys } from "../api/queries";
import { useBackend } from "../backend/context";
import { calm, TOGETHER_MS } from "./calm";

export interface Live {
  /** New lines of the activity log, newest last or first as they came. */
  onActivity(hear: (rows: ActivityRow[]) => void): () => void;
  onFinished(hear: (run: RunSummary) => void): () => void;
}

const LiveContext = createContext<Live | null>(null);

/** Counts and lists are read again at most this often while a run changes them. */
const REREAD_MS = 700;
const PROGRESS_MS = 100;
/** What is over by then only looked, as nearly every sync does: the page does not flicker for it. One that somebody began is shown at once. */
const QUICK_MS = 400;

export function LiveEvents({ children }: { children: ReactNode }) {
  const backend = useBackend();
  const client = useQueryClient();
  const activity = useRef(new Set<(rows: ActivityRow[]) => void>());
  const finished = useRef(new Set<(run: RunSummary) => void>());

  useEffect(() => {
    const reread = calm(REREAD_MS, () => rereadRecords(client), TOGETHER_MS);
    const progress = calm(PROGRESS_MS, (run: RunProgress) => showProgress(client, run), QUICK_MS);
    const proving = calm(PROGRESS_MS, (progress: ProofProgress) => showProof(client, progress));
    const rereadAll = () => client.invalidateQueries();
    const stop = backend.listen((event) => {
      switch (event.event) {
        case "activity":
          for (const hear of activity.current) hear(event.data);
          break;
        case "progress":
          progress.run(event.data);
          break;
        case "finished":
          progress.cancel();
          client.setQueryData<Overview>(keys.overview, (kept) => kept && { ...kept, run: null, last_run: event.data });
          reread.run(undefined);
          client.invalidateQueries({ queryKey: keys.info });
          for (const hear of finished.current) hear(event.data);
          break;
        case "schedule":
          client.setQueryData<Overview>(keys.overview, (kept) => kept && { ...kept, schedule: event.data });
          client.invalidateQueries({ queryKey: keys.overview });
          break;
        case "proof":
          proving.run(event.data);
          break;
        case "preview":
          // What took a run's place is over, or another step of it follows.
          progress.cancel();
          for (const queryKey of [keys.preview, keys.overview]) client.invalidateQueries({ queryKey });
          break;
        case "setup_changed":
          for (const queryKey of [keys.setup, keys.info]) client.invalidateQueries({ queryKey });
          break;
        case "records_changed":
          // Of no pair: events were missed, and anything may be another.
          if (event.pair === "") rereadAll();
          else reread.run(undefined);
          break;
        case "pairs_changed":
          // The list of pairs is read by `app/pairs.tsx`.
          break;
      }
    }, rereadAll);
    return () => {
      stop();
      reread.cancel();
      progress.cancel();
      proving.cancel();
    };
  }, [backend, client]);

  const live = useMemo<Live>(
    () => ({
      onActivity: (hear) => {
        activity.current.add(hear);
        return () => activity.current.delete(hear);
      },
      onFinished: (hear) => {
        finished.current.add(hear);
        return () => finished.current.delete(hear);
      },
    }),
    [],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("no live events around this component");
  return live;
}

function showProgress(client: QueryClient, run: RunProgress) {
  client.setQueryData<Overview>(keys.overview, (kept) => kept && { ...kept, run });
}

function showProof(client: QueryClient, running: ProofProgress) {
  if (running.running) client.setQueryData<ProofView>(keys.proof, (kept) => kept && { ...kept, running });
  else client.invalidateQueries({ queryKey: keys.proof });
}

function rereadRecords(client: QueryClient) {
  for (const queryKey of [keys.overview, keys.held, keys.records, keys.story, keys.mapping, keys.preview, keys.already])
    client.invalidateQueries({ queryKey });
}
