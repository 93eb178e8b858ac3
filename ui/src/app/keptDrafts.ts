/** Drafts in the page's own storage: where the program can be ended behind the page's back, they are there at the next start. */
import type { Kept } from "./drafts";

const KEY = "brygga-drafts";

/** Of which pair, shop and company: another folder may have a pair of the same name. */
const place = (pair: string, who: string) => `${pair}/${who}`;

export function readDrafts(pair: string, who: string): Kept | undefined {
  const { [place(pair, who)]: kept } = all();
  if (!isKept(kept)) return undefined;
  // What was on its way is known by now, from the revision.
  return { mapping: { ...kept.mapping, saving: false }, settings: { ...kept.settings, saving: false } };
}

/** `undefined` where there is nothing to keep. */
export function writeDrafts(pair: string, who: string, kept: Kept | undefined): void {
  const { [place(pair, who)]: _, ...others } = all();
  const stored = kept === undefined ? others : { ...others, [place(pair, who)]: kept };
  try {
    if (Object.keys(stored).length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(stored));
  } catch {
    // Without storage they hold until the program ends.
  }
}

function all(): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? (kept as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Written by this version of the page, or by one that kept the same. */
function isKept(value: unknown): value is Kept {
  if (typeof value !== "object" || value === null) return false;
  const { mapping, settings } = value as Partial<Record<string, Partial<Record<string, unknown>>>>;
  return (
    Array.isArray(mapping?.content) &&
    typeof mapping.revision === "number" &&
    typeof mapping.unsaved === "number" &&
    typeof settings?.content === "object" &&
    settings.content !== null &&
    typeof settings.revision === "number" &&
    typeof settings.unsaved === "number"
  );
}
