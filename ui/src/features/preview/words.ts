import type { useWords } from "../../i18n/useWords";

type Words = ReturnType<typeof useWords>;

/** What is done: of a whole document in a sentence, of a part the step's own words. */
export function whatWords(words: Words, what: string): string {
  const step = words.value("step", what);
  return words.find(`preview.what.${what}`) ?? step.charAt(0).toLocaleUpperCase(words.locale) + step.slice(1);
}
