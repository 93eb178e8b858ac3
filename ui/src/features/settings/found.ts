/** The sections of the page that are no list of choices, and the words that can be read in each: a search finds them by those. */
import { useMemo } from "react";
import { useIntl } from "react-intl";
import { useDesktop, useInfo } from "../../api/queries";
import { LANGUAGE_NAMES, type MessageId } from "../../i18n/languages";

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
    // What others call it.
    "preferences.theme.also",
    "preferences.theme.auto",
    "preferences.theme.light",
    "preferences.theme.dark",
    "preferences.density",
    "preferences.density.comfortable",
    "preferences.density.compact",
  ],
};

export interface FoundSection {
  name: OwnSection;
  title: string;
  /** Everything that can be read in it, its title first. */
  texts: string[];
}

/** The sections that are there, each with its words; in a browser there is no desktop. */
export function useOwnSections(): FoundSection[] {
  const intl = useIntl();
  const { data: desktop } = useDesktop();
  const { data: info } = useInfo();
  return useMemo(
    () =>
      OWN_SECTIONS.filter((name) => name !== "desktop" || desktop).map((name) => {
        const title = intl.formatMessage({ id: `settings.section.${name}` });
        const others = {
          data: [],
          connections: ["Shopify", "Visma.net", info?.shop_domain, info?.company],
          desktop: [],
          window: Object.values(LANGUAGE_NAMES),
        }[name];
        const words = SECTION_WORDS[name].map((id) => intl.formatMessage({ id }));
        return { name, title, texts: [title, ...words, ...others].filter((text) => text != null) };
      }),
    [intl, desktop, info],
  );
}
