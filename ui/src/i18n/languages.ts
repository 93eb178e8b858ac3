/** The five languages, and the choice among them. */
export const LANGUAGES = ["en", "nb", "sv", "da", "fi"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language by its own name. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: "English",
  nb: "Norsk",
  sv: "Svenska",
  da: "Dansk",
  fi: "Suomi",
};

/** The locale that dates and numbers are written in: for English the European order of day and month. */
export const LOCALES: Record<Language, string> = {
  en: "en-GB",
  nb: "nb-NO",
  sv: "sv-SE",
  da: "da-DK",
  fi: "fi-FI",
};

export type Catalogue = typeof import("./en.json");
export type MessageId = keyof Catalogue;

const catalogues: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  en: () => import("./en.json"),
  nb: () => import("./nb.json"),
  sv: () => import("./sv.json"),
  da: () => import("./da.json"),
  fi: () => import("./fi.json"),
};

export async function loadCatalogue(language: Language): Promise<Record<string, string>> {
  return (await catalogues[language]()).default;
}

/** The first of the user's languages that we speak; Norwegian in any form reads Bokmål; else English. */
export function bestLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split("-")[0] ?? "";
    if (primary === "no" || primary === "nn") return "nb";
    const found = LANGUAGES.find((language) => language === primary);
    if (found !== undefined) return found;
  }
  return "en";
}

declare global {
  namespace FormatjsIntl {
    interface Message {
      ids: MessageId;
    }
  }
}
