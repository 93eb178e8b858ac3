/** What the pages read, with the keys under which it is kept; events make keys stale (`app/live.tsx`). */
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useBackend } from "../backend/context";
import type { Backend } from "../backend/port";
import { dayOf } from "../i18n/format";
import type { AppInfo } from "./generated/AppInfo";
import type { DesktopChange } from "./generated/DesktopChange";
import type { DesktopView } from "./generated/DesktopView";
import type { Overview } from "./generated/Overview";
import type { RecordKey } from "./generated/RecordKey";
import type { SyncNow } from "./generated/SyncNow";

export const keys = {
  pairs: ["pairs"] as const,
  info: ["app_info"] as const,
  setup: ["setup"] as const,
  overview: ["overview"] as const,
  held: ["held"] as const,
  remedy: ["remedy"] as const,
  records: ["records"] as const,
  story: ["story"] as const,
  activity: ["activity"] as const,
  settings: ["settings"] as const,
  history: ["settings_history"] as const,
  mapping: ["mapping"] as const,
  preview: ["preview"] as const,
  already: ["already"] as const,
  proof: ["proof"] as const,
  kept: ["kept"] as const,
  copies: ["copies"] as const,
  desktop: ["desktop"] as const,
};

function infoOf(backend: Backend) {
  return queryOptions({ queryKey: keys.info, queryFn: () => backend.call("app_info", {}) });
}

/** What holds from one reading of the clock to the next. */
function withoutTime({ now: _, ...info }: AppInfo) {
  return info;
}

/** What the program says of itself, but for the time: who asks is not drawn anew whenever the clock is read. */
export function useInfo() {
  return useQuery({ ...infoOf(useBackend()), select: withoutTime });
}

/** The moment, as the program knew it last; practice has a clock of its own. */
export function useNow(): string | undefined {
  return useQuery({ ...infoOf(useBackend()), select: (info) => info.now }).data;
}

/** The day it is in the shop, `YYYY-MM-DD`. Who asks for it is drawn anew when the day ends, not whenever the clock is read. */
export function useToday(timeZone: string): string | undefined {
  return useQuery({ ...infoOf(useBackend()), select: (info) => dayOf(info.now, timeZone) }).data;
}

export function useSetup() {
  const backend = useBackend();
  return useQuery({ queryKey: keys.setup, queryFn: () => backend.call("setup", {}) });
}

function overviewOf(backend: Backend) {
  return queryOptions({ queryKey: keys.overview, queryFn: () => backend.call("overview", {}) });
}

export function useOverview() {
  return useQuery(overviewOf(useBackend()));
}

/** A part of the overview: who asks for it is drawn anew when that part changes, not with every step of a run. */
export function useOverviewOf<Part>(part: (overview: Overview) => Part) {
  return useQuery({ ...overviewOf(useBackend()), select: part });
}

/** The overview, and whether a run goes on, but not how far it is. */
export type OverviewAtRest = Omit<Overview, "run"> & { running: boolean };

function atRest({ run, ...overview }: Overview): OverviewAtRest {
  return { ...overview, running: run !== null };
}

/** The overview for whoever does not show how far a run is: it is not drawn anew with every step of it. */
export function useOverviewAtRest() {
  return useOverviewOf(atRest);
}

function goesOn({ run }: Overview): boolean {
  return run !== null;
}

/** Does a run go on. */
export function useRunning(): boolean {
  return useOverviewOf(goesOn).data ?? false;
}

export function useHeld() {
  const backend = useBackend();
  return useQuery({ queryKey: keys.held, queryFn: () => backend.call("held", {}) });
}

export function useStory(key: RecordKey) {
  const backend = useBackend();
  return useQuery({ queryKey: [...keys.story, key.kind, key.id], queryFn: () => backend.call("story", key) });
}

export function useSyncNow() {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: SyncNow) => backend.call("sync_now", request),
    onSuccess: ({ run }) => {
      // Shown at once; the first progress event replaces it.
      client.setQueryData<Overview>(
        keys.overview,
        (kept) => kept && { ...kept, run: kept.run ?? { run, phase: "reading", done: 0, total: null } },
      );
    },
  });
}

export function useSyncStop() {
  const backend = useBackend();
  return useMutation({ mutationFn: () => backend.call("sync_stop", {}) });
}

/** Nothing starts by itself any more, or does again. */
export function usePause() {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (pause: boolean) => backend.call(pause ? "pause" : "resume", {}),
    onSuccess: (schedule) => {
      client.setQueryData<Overview>(keys.overview, (kept) => kept && { ...kept, schedule });
      client.invalidateQueries({ queryKey: keys.overview });
    },
  });
}

/** The desktop that the window lives on; null in a browser. */
export function useDesktop() {
  const backend = useBackend();
  return useQuery({ queryKey: keys.desktop, queryFn: () => backend.call("desktop", {}) });
}

export function usePutDesktop() {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<DesktopChange>) =>
      backend.call("put_desktop", {
        autostart: null,
        close_to_tray: null,
        notifications: null,
        language: null,
        ...change,
      }),
    onSuccess: (view) => client.setQueryData<DesktopView | null>(keys.desktop, view),
  });
}

export function useSettings() {
  const backend = useBackend();
  return useQuery({ queryKey: keys.settings, queryFn: () => backend.call("settings", {}) });
}

export function useMapping() {
  const backend = useBackend();
  return useQuery({ queryKey: keys.mapping, queryFn: () => backend.call("mapping", {}) });
}

export function useProof() {
  const backend = useBackend();
  return useQuery({ queryKey: keys.proof, queryFn: () => backend.call("proof", {}) });
}

/** Settings and mapping are two views of one thing: a change of one is a change of the other. */
export function useRereadSettings() {
  const client = useQueryClient();
  return useCallback(
    () =>
      Promise.all(
        [keys.settings, keys.mapping, keys.history, keys.held, keys.remedy].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
    [client],
  );
}
