/** What was changed on a page and is not saved yet. It outlives the page, and is of one pair: no other pair sees it. */
import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import type { MappingEdit } from "../api/generated/MappingEdit";
import type { SettingValue } from "../api/generated/SettingValue";
import { keys, useDesktop, useInfo, useRereadSettings } from "../api/queries";
import { Refusal } from "../backend/port";
import { readDrafts, writeDrafts } from "./keptDrafts";

export type SettingValues = Record<string, SettingValue>;

/** The pages that keep changes, with what each keeps. */
interface Contents {
  /** What was done, in the order in which it was done. */
  mapping: MappingEdit[][];
  /** What was chosen, by the field's path. */
  settings: SettingValues;
}
export type DraftName = keyof Contents;

export interface Draft<Content> {
  content: Content;
  /** The revision of the settings that it was begun on: saved on another, it is refused, and nobody's change is written over. */
  revision: number;
  /** Some of it is on its way. */
  saving: boolean;
  /** How many changes there are to save: what was put back by hand is none. */
  unsaved: number;
}

export type Kept = { [Name in DraftName]: Draft<Contents[Name]> };

const NOTHING: Kept = {
  mapping: { content: [], revision: 0, saving: false, unsaved: 0 },
  settings: { content: {}, revision: 0, saving: false, unsaved: 0 },
};

/** The drafts of all pairs. */
export class Drafts {
  readonly #pairs = new Map<string, Kept>();
  /** The pairs whose drafts outlast the program, with the shop and the company of each. */
  readonly #lasting = new Map<string, string>();
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  of(pair: string): Kept {
    return this.#pairs.get(pair) ?? NOTHING;
  }

  put(pair: string, kept: Kept): void {
    this.#pairs.set(pair, kept);
    const who = this.#lasting.get(pair);
    if (who !== undefined) writeDrafts(pair, who, isEmpty(kept) ? undefined : kept);
    this.#tell();
  }

  /** From here on the drafts of this pair outlast the program; what is left of the last time is there again. */
  last(pair: string, who: string): void {
    const before = this.#lasting.get(pair);
    if (before === who) return;
    if (before !== undefined) writeDrafts(pair, before, undefined);
    const left = isEmpty(this.of(pair)) ? readDrafts(pair, who) : undefined;
    this.#lasting.set(pair, who);
    this.put(pair, left ?? this.of(pair));
  }

  /** The pair is gone, and its drafts with it. */
  forget(pair: string): void {
    const who = this.#lasting.get(pair);
    if (who !== undefined) writeDrafts(pair, who, undefined);
    this.#lasting.delete(pair);
    if (this.#pairs.delete(pair)) this.#tell();
  }

  /** Would anything be lost with the page. */
  readonly isUnsaved = (): boolean =>
    [...this.#pairs.values()].some(({ mapping, settings }) => mapping.unsaved > 0 || settings.unsaved > 0);

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function isEmpty({ mapping, settings }: Kept): boolean {
  return mapping.content.length === 0 && Object.keys(settings.content).length === 0;
}

/** The drafts of one pair. Its functions stay the same, and work also when the page that called them is left. */
export class PairDrafts {
  readonly #all: Drafts;
  readonly #pair: string;

  constructor(all: Drafts, pair: string) {
    this.#all = all;
    this.#pair = pair;
  }

  get subscribe() {
    return this.#all.subscribe;
  }

  readonly kept = (): Kept => this.#all.of(this.#pair);

  /** One more change, made by somebody who saw the settings of this revision. */
  change<Name extends DraftName>(name: Name, seen: number, to: (content: Contents[Name]) => Contents[Name]): void {
    this.#put(name, (draft) => ({
      ...draft,
      content: to(draft.content),
      revision: draft.unsaved === 0 && !draft.saving ? seen : draft.revision,
    }));
  }

  /** Nothing else of it is worth keeping. */
  keep<Name extends DraftName>(name: Name, content: Contents[Name]): void {
    this.#put(name, (draft) => ({ ...draft, content }));
  }

  count(name: DraftName, unsaved: number): void {
    if (this.kept()[name].unsaved !== unsaved) this.#put(name, (draft) => ({ ...draft, unsaved }));
  }

  /** It is on its way: what is changed from here on is not part of it. */
  sent(name: DraftName): void {
    this.#put(name, (draft) => ({ ...draft, saving: true }));
  }

  /** It is saved: what is left was changed meanwhile. */
  saved<Name extends DraftName>(
    name: Name,
    moved: { from: number; to: number },
    left: (content: Contents[Name]) => Contents[Name],
  ): void {
    this.#put(name, (draft) => ({ ...draft, content: left(draft.content), saving: false }));
    this.moved(moved);
  }

  /** It is not saved: all of it is still here. */
  refused(name: DraftName): void {
    this.#put(name, (draft) => ({ ...draft, saving: false }));
  }

  /** The settings were changed from here: what was begun on the revision before holds on the one after. */
  moved({ from, to }: { from: number; to: number }): void {
    for (const name of ["mapping", "settings"] as const) {
      if (this.kept()[name].revision === from) this.told(name, to);
    }
  }

  /** It was told that somebody else changed the settings, and they are shown as they are now. */
  told(name: DraftName, revision: number): void {
    this.#put(name, (draft) => ({ ...draft, revision }));
  }

  #put<Name extends DraftName>(name: Name, change: (draft: Kept[Name]) => Kept[Name]): void {
    const kept = this.kept();
    this.#all.put(this.#pair, { ...kept, [name]: change(kept[name]) });
  }
}

const AllContext = createContext<Drafts | null>(null);
const PairContext = createContext<PairDrafts | null>(null);

/** Around all pairs. A window with changes that are not saved asks before it is closed or loaded anew. */
export function DraftsProvider({ children }: { children: ReactNode }) {
  const [drafts] = useState(() => new Drafts());
  const unsaved = useSyncExternalStore(drafts.subscribe, drafts.isUnsaved);
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
      // Older web views ask only so.
      event.returnValue = true;
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [unsaved]);
  return <AllContext value={drafts}>{children}</AllContext>;
}

export function useAllDrafts(): Drafts {
  const drafts = useContext(AllContext);
  if (drafts === null) throw new Error("no drafts around this component");
  return drafts;
}

/** Around the pages of one pair. A desktop can be quit without asking the page: there its drafts outlast the program. */
export function PairDraftsProvider({ pair, children }: { pair: string; children: ReactNode }) {
  const all = useAllDrafts();
  const drafts = useMemo(() => new PairDrafts(all, pair), [all, pair]);
  const { data: info } = useInfo();
  const { data: desktop } = useDesktop();
  // Practice begins anew each time.
  const lasts = desktop != null && info !== undefined && !info.practice;
  const who = lasts ? `${info.shop_domain} ${info.company}`.trim() : "";
  useEffect(() => {
    if (who !== "") all.last(pair, who);
  }, [all, pair, who]);
  return <PairContext value={drafts}>{children}</PairContext>;
}

export function useDrafts(): { kept: Kept; drafts: PairDrafts } {
  const drafts = useContext(PairContext);
  if (drafts === null) throw new Error("no drafts of a pair around this component");
  return { kept: useSyncExternalStore(drafts.subscribe, drafts.kept), drafts };
}

/**
 * What to do when a draft was refused: all of it is still here. Where somebody else changed the settings meanwhile, that is told and what
 * they are now is shown; the next try is made on those.
 */
export function useRefused(name: DraftName): (error: unknown) => Promise<void> {
  const { drafts } = useDrafts();
  const client = useQueryClient();
  const reread = useRereadSettings();
  return useCallback(
    async (error) => {
      drafts.refused(name);
      if (!(error instanceof Refusal) || error.code !== "settings-stale") return;
      await reread();
      const now = client.getQueryData<{ revision: number }>(keys[name]);
      if (now !== undefined) drafts.told(name, now.revision);
    },
    [drafts, client, reread, name],
  );
}
