/** The newest preview, its rows piece by piece, and what of it is chosen to be sent. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { PreviewApproval } from "../../api/generated/PreviewApproval";
import type { PreviewLine } from "../../api/generated/PreviewLine";
import type { PreviewView } from "../../api/generated/PreviewView";
import { usePieces } from "../../api/pieces";
import { keys } from "../../api/queries";
import { useBackend } from "../../backend/context";

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
    // A short run may have ended before its answer came: what is shown is read once more.
    client.invalidateQueries({ queryKey: keys.preview });
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
  return usePieces([...keys.preview, "rows", outcome, kind, search], (offset, limit) =>
    backend.call("preview_rows", { outcome, kind, search: search === "" ? null : search, offset, limit }),
  );
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
