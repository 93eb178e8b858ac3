/** When this shop's window was looked at last. Kept in the page's own storage, by the pair's own clock. */
const KEY = "brygga-looked";
/** Shorter than this nobody was away. */
const AWAY_MS = 60 * 60 * 1000;

export function lookedAt(shop: string): string | undefined {
  try {
    return localStorage.getItem(`${KEY}/${shop}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function noteLook(shop: string, now: string): void {
  try {
    localStorage.setItem(`${KEY}/${shop}`, now);
  } catch {
    // Without storage nobody is told what happened meanwhile: the lists have it all.
  }
}

/** Since when somebody was away, if long enough for something to tell. */
export function awaySince(looked: string | undefined, now: string): string | undefined {
  if (looked === undefined) return undefined;
  const gone = Date.parse(now) - Date.parse(looked);
  return gone >= AWAY_MS ? looked : undefined;
}
