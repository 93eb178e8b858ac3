/** How a pair stands, in a colour and a word: for the status line and for the switcher, which must never disagree. */
import type { IntlShape } from "react-intl";
import type { Health } from "../api/generated/Health";
import type { PairLine } from "../api/generated/PairLine";
import type { Words } from "../i18n/words";

export type Tone = "booked" | "held" | "new" | "waiting";

/** What is unsent while a run is at work is nothing out of order yet, and nothing done either. */
export function toneOf(health: Health, running: boolean): Tone {
  switch (health.kind) {
    case "nothing_yet":
      return "new";
    case "all_well":
      return unproven(health) ? "waiting" : "booked";
    case "unsent":
      return running ? "new" : "waiting";
    case "needs_you":
    case "delayed":
    case "differs":
      return "held";
    case "stopped":
    case "flow_stopped":
      return health.passing ? "waiting" : "held";
  }
}

/** What is missing where all is well but for the proof of it. */
function unproven(health: Health) {
  if (health.kind !== "all_well") return undefined;
  const { proven } = health;
  if (proven.kind === "failed") return "status.unproven";
  return proven.kind === "old" && proven.late ? "status.not_proven" : undefined;
}

export function wordOf(intl: IntlShape, words: Words, health: Health): string {
  const missing = unproven(health);
  if (missing !== undefined) return intl.formatMessage({ id: missing });
  if (health.kind === "stopped" && health.passing) return intl.formatMessage({ id: "status.passing" });
  if (health.kind === "flow_stopped")
    return health.passing
      ? intl.formatMessage({ id: "status.passing" })
      : intl.formatMessage({ id: "status.flow_stopped" }, { flow: words.value("flow", health.flow) });
  return intl.formatMessage({ id: `status.${health.kind}` });
}

/** How one of several pairs stands. */
export function standing(intl: IntlShape, words: Words, pair: PairLine): { tone: Tone; word: string } {
  const { state } = pair;
  if (state.kind === "broken") return { tone: "held", word: intl.formatMessage({ id: "pairs.broken" }) };
  if (state.kind === "asleep") return { tone: "new", word: intl.formatMessage({ id: "pairs.asleep" }) };
  if (!pair.set_up) return { tone: "new", word: intl.formatMessage({ id: "pairs.unfinished" }) };
  const tone = toneOf(state.health, pair.running);
  // A pause hides nothing that needs a person.
  if (pair.paused && tone !== "held") return { tone: "waiting", word: intl.formatMessage({ id: "schedule.paused" }) };
  return { tone, word: wordOf(intl, words, state.health) };
}
