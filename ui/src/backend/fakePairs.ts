/** The pretended pairs: as many as a test wants, each of another shop. */
import type { CommandName, Commands } from "../api/commands";
import type { BackupView } from "../api/generated/BackupView";
import type { Event } from "../api/generated/Event";
import type { PairLine } from "../api/generated/PairLine";
import type { PairsView } from "../api/generated/PairsView";
import { Refusal } from "./port";

type Part = Partial<{ [Name in CommandName]: (request: Commands[Name]["request"]) => Commands[Name]["answer"] }>;

export const RECOVERY_KEY = "BRYGGA1 QQQS YQCY Q5RQ WZQF PG9S CRGW PUGP ZYSN ZS23 V9CC RYDP K8QA RC0S VLVW NM";

const COPY: BackupView = {
  name: "brygga-2026-10-30.sqlite",
  path: "/home/kari/.local/share/brygga/pairs/default/backups/brygga-2026-10-30.sqlite",
  at: "2026-10-30T04:00:00Z",
  kind: "daily",
  kilobytes: 2048,
};

export function pairLine(line: Partial<PairLine> & { id: string }): PairLine {
  return {
    label: null,
    shop: "Fjord & Fjell AS",
    company: "Fjord & Fjell AS",
    practice: false,
    set_up: true,
    state: { kind: "works", health: { kind: "needs_you", held: 2, unsent: 0 } },
    running: false,
    paused: false,
    can_put_away: true,
    ...line,
  };
}

export class FakePairs {
  readonly #view: PairsView;
  readonly #tell: (event: Event) => void;
  #made = 1;

  constructor(lines: PairLine[] | undefined, tell: (event: Event) => void) {
    const pairs = lines ?? [pairLine({ id: "practice", practice: true, can_put_away: false })];
    this.#view = { shown: pairs[0]?.id ?? "", pairs, can_add: true };
    this.#tell = tell;
  }

  line(id: string | undefined): PairLine | undefined {
    return this.#view.pairs.find((pair) => pair.id === (id ?? this.#view.shown));
  }

  readonly handlers = {
    pairs: () => this.#view,
    pair_add: () => {
      this.#made += 1;
      const id = `pair-${this.#made}`;
      const health = { kind: "nothing_yet" } as const;
      this.#view.pairs.push(pairLine({ id, shop: "", company: "", set_up: false, state: { kind: "works", health } }));
      return this.#show(id);
    },
    pair_show: ({ pair }) => {
      const line = this.#of(pair);
      if (line.state.kind === "asleep") line.state = { kind: "works", health: { kind: "nothing_yet" } };
      return this.#show(pair);
    },
    pair_rename: ({ pair, label }) => {
      this.#of(pair).label = label.trim() === "" ? null : label.trim();
      return this.#view;
    },
    pair_put_away: ({ pair, confirmed }) => {
      const line = this.#of(pair);
      if ((line.label ?? line.shop) !== confirmed) throw new Refusal({ code: "wrong-use", params: { detail: "name" } });
      this.#view.pairs = this.#view.pairs.filter(({ id }) => id !== pair);
      const place = `/home/kari/.local/share/brygga/put-away/${pair}`;
      return { place, pairs: this.#view.shown === pair ? this.#show(this.#view.pairs[0]?.id ?? "") : this.#view };
    },
    pair_copies: ({ pair }) => {
      this.#of(pair);
      return [COPY];
    },
    pair_restore: ({ pair, copy, recovery_key }) => {
      const line = this.#of(pair);
      if (copy.kind === "file" && recovery_key !== RECOVERY_KEY)
        throw new Refusal({ code: recovery_key === null ? "backup-other-key" : "recovery-key-mistyped", params: {} });
      line.state = { kind: "works", health: { kind: "nothing_yet" } };
      return { aside: `/home/kari/.local/share/brygga/pairs/${pair}/set-aside/brygga.db`, pairs: this.#show(pair) };
    },
    recovery_key: () => ({ key: RECOVERY_KEY }),
    practice_play: ({ play }) => ({
      play,
      order:
        play === "day" ? null : { record: { kind: "order", id: "5550000001060" }, name: "#1060", what: "Ullsokker" },
      orders: play === "day" ? 4 : 0,
      now: "2026-10-31T13:05:00Z",
    }),
  } satisfies Part;

  #of(id: string): PairLine {
    const line = this.line(id);
    if (line === undefined) throw new Refusal({ code: "pair-gone", params: {} });
    return line;
  }

  #show(id: string): PairsView {
    this.#view.shown = id;
    this.#tell({ event: "pairs_changed", data: {} });
    return this.#view;
  }
}
