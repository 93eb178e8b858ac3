/** What this user likes on this screen: language, theme, row height. Kept in the page's own storage, never synced. */
import { useSyncExternalStore } from "react";
import { bestLanguage, LANGUAGES, type Language } from "../i18n/languages";

export type Theme = "auto" | "light" | "dark";
export type Density = "comfortable" | "compact";

export interface Preferences {
  language: Language;
  theme: Theme;
  density: Density;
}

const KEY = "brygga-preferences";
const listeners = new Set<() => void>();
let current: Preferences | undefined;

function read(): Preferences {
  const preferred: Preferences = { language: bestLanguage(navigator.languages), theme: "auto", density: "comfortable" };
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof kept !== "object" || kept === null) return preferred;
    const { language, theme, density } = kept as Record<string, unknown>;
    return {
      language: LANGUAGES.find((known) => known === language) ?? preferred.language,
      theme: theme === "light" || theme === "dark" ? theme : "auto",
      density: density === "compact" ? "compact" : "comfortable",
    };
  } catch {
    return preferred;
  }
}

export function preferences(): Preferences {
  current ??= read();
  return current;
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...preferences(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Without storage the choice holds until the window closes.
  }
  for (const listener of listeners) listener();
}

/** Forgets what was read: for tests that start anew. */
export function forgetPreferences(): void {
  current = undefined;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
