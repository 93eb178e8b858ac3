import type { useWords } from "../../i18n/useWords";

type Words = ReturnType<typeof useWords>;

/** What is done: of a whole document in a sentence, of a part the step's own words. */
export function whatWords(words: Words, what: string): string {
  return words.find(`preview.what.${what}`) ?? words.value("step", what);
}
