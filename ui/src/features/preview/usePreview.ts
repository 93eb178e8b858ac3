/** The newest preview, its rows piece by piece, and what of it is chosen to be sent. */
import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { PreviewApproval } from "../../api/generated/PreviewApproval";
import type { PreviewLine } from "../../api/generated/PreviewLine";
import type { PreviewView } from "../../api/generated/PreviewView";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";

const PIECE = 100;

export interface Wanted {
  outcome: string;
  kind: string | null;
  search: string;
}

export function usePreviewView() {
  const backend = useBackend();
  return useQuery({ queryKey: keys.preview, queryFn: () => backend.call("preview", {}) });
}

export function usePreviewActs() {
  const backend = useBackend();
  const client = useQueryClient();
  const shown = (view: PreviewView) => {
    client.setQueryData(keys.preview, view);
    client.invalidateQueries({ queryKey: keys.overview });
  };
  return {
    start: useMutation({ mutationFn: () => backend.call("preview_start", {}), onSuccess: shown }),
    send: useMutation({
      mutationFn: (approval: PreviewApproval) => backend.call("preview_send", approval),
      onSuccess: shown,
    }),
  };
}

export function usePreviewRows({ outcome, kind, search }: Wanted) {
  const backend = useBackend();
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const piece = (index: number) => ({
    queryKey: [...keys.preview, "rows", outcome, kind, search, index],
    queryFn: () =>
      backend.call("preview_rows", {
        outcome,
        kind,
        search: search === "" ? null : search,
        offset: index * PIECE,
        limit: PIECE,
      }),
  });
  const head = useQuery({ ...piece(0), placeholderData: keepPreviousData });
  const from = Math.max(1, Math.floor(sight.first / PIECE));
  const to = Math.floor(sight.last / PIECE);
  const wanted = Array.from({ length: Math.max(0, to - from + 1) }, (_, step) => from + step);
  const others = useQueries({ queries: wanted.map((index) => piece(index)) });
  const onSight = useCallback((first: number, last: number) => {
    setSight((now) => {
      const same =
        Math.floor(now.first / PIECE) === Math.floor(first / PIECE) &&
        Math.floor(now.last / PIECE) === Math.floor(last / PIECE);
      return same ? now : { first, last };
    });
  }, []);
  const row = (index: number): PreviewLine | undefined => {
    const number = Math.floor(index / PIECE);
    const page = number === 0 ? head.data : others[wanted.indexOf(number)]?.data;
    return page?.rows[index % PIECE];
  };
  return { total: head.data?.total, row, onSight, error: head.error, readAgain: () => head.refetch() };
}

/** Everything but some, or only some. */
interface Chosen {
  all: boolean;
  items: ReadonlyMap<string, { kind: string; id: string; digest: string }>;
}

const NOBODY: Chosen = { all: false, items: new Map() };

export const keyOf = (line: { kind: string; id: string }) => `${line.kind}/${line.id}`;

/** What is ticked; another preview begins with nothing ticked. */
export function useChosen(of: string, sendable: number) {
  const [kept, setKept] = useState({ of, chosen: NOBODY });
  const { all, items } = kept.of === of ? kept.chosen : NOBODY;
  const set = (chosen: Chosen) => setKept({ of, chosen });
  return {
    count: all ? sendable - items.size : items.size,
    has: (line: PreviewLine) => items.has(keyOf(line)) !== all,
    toggle: (line: PreviewLine) => {
      if (line.digest === null) return;
      const next = new Map(items);
      if (!next.delete(keyOf(line))) next.set(keyOf(line), { kind: line.kind, id: line.id, digest: line.digest });
      set({ all, items: next });
    },
    chooseAll: () => set({ all: true, items: new Map() }),
    chooseNone: () => set(NOBODY),
    approval: (at: string): PreviewApproval => ({ at, all, items: [...items.values()] }),
  };
}
