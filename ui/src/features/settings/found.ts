/** The sections of the page that are no list of choices, and the words that can be read in each: a search finds them by those. */
import type { MessageId } from "../../i18n/languages";

export const OWN_SECTIONS = ["data", "connections", "desktop", "window"] as const;
export type OwnSection = (typeof OWN_SECTIONS)[number];

export const SECTION_WORDS: Record<OwnSection, readonly MessageId[]> = {
  data: [
    "data.removed.never",
    "data.books",
    "data.erase",
    "data.erase.search",
    "data.erase.find",
    "data.backups",
    "data.backups.about",
    "data.backups.memory",
    "data.backups.none",
    "data.backups.now",
    "data.backups.daily",
    "data.backups.update",
    "data.backups.by_hand",
    "data.backups.restore",
    "data.backups.here",
    "data.restore.do",
    "data.key",
    "data.key.about",
    "data.key.careful",
    "data.key.show",
    "data.key.hide",
    "data.key.none",
    "support.title",
    "support.about",
    "support.make",
  ],
  connections: ["setup.open"],
  desktop: [
    "desktop.autostart",
    "desktop.close",
    "desktop.close.no_tray",
    "desktop.notifications",
    "desktop.quit.why",
    "tray.quit",
  ],
  window: [
    "preferences.language",
    "preferences.theme",
    "preferences.theme.auto",
    "preferences.theme.light",
    "preferences.theme.dark",
    "preferences.density",
    "preferences.density.comfortable",
    "preferences.density.compact",
  ],
};
