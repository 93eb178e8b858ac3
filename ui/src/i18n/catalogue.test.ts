import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createIntl } from "react-intl";
import { describe, expect, it } from "vitest";
import da from "./da.json";
import en from "./en.json";
import fi from "./fi.json";
import { LOCALES } from "./languages";
import nb from "./nb.json";
import sv from "./sv.json";

const catalogues: Record<string, Record<string, string>> = { en, nb, sv, da, fi };
const others = Object.entries(catalogues).filter(([language]) => language !== "en");

/** Codes and their classes from the one list, `crates/brygga-core/src/code.rs`. */
function codes(): { code: string; class: string; message: string }[] {
  const source = readFileSync(join(import.meta.dirname, "../../../crates/brygga-core/src/code.rs"), "utf8");
  const list = source.slice(source.indexOf("codes! {"));
  return [...list.matchAll(/^\s*\w+ = "([^"]+)",\s*(\w+),\s*"((?:[^"\\]|\\.)*)"/gm)].map(
    ([, code = "", kind = "", message = ""]) => ({
      code,
      class: kind,
      message,
    }),
  );
}

/** Sentences that are nothing but what another program said. */
const SAME_EVERYWHERE = new Set(["code.wrong-use.message"]);

/** Names used as placeholders, and in which way: from the parsed message, so that words in braces do not count. */
function shape(message: string): string[] {
  const { formatters } = createIntl({ locale: "en" });
  const found = new Set<string>();
  const walk = (elements: unknown[]) => {
    for (const element of elements as {
      type: number;
      value: string;
      options?: Record<string, { value: unknown[] }>;
    }[]) {
      if (element.type === 0 || element.type === 7) continue;
      found.add(element.value);
      for (const option of Object.values(element.options ?? {})) walk(option.value);
    }
  };
  walk(formatters.getMessageFormat(message, "en").getAst());
  return [...found].sort();
}

describe("the catalogues", () => {
  it.each(others)("%s has the keys of English, no more and no less", (_language, catalogue) => {
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(others)("%s uses the placeholders of English", (_language, catalogue) => {
    for (const [id, message] of Object.entries(en)) {
      expect([id, shape(catalogue[id] ?? "")]).toEqual([id, shape(message)]);
    }
  });

  it.each(Object.keys(LOCALES))("%s has locale data", (language) => {
    expect(Intl.NumberFormat.supportedLocalesOf(LOCALES[language as keyof typeof LOCALES])).toHaveLength(1);
  });

  it("has a message and a remedy for every code, and a short cause for every code of a record", () => {
    const list = codes();
    expect(list.length).toBeGreaterThan(80);
    const missing = list.flatMap(({ code, class: kind }) =>
      [`code.${code}.message`, `code.${code}.remedy`, ...(kind === "Failure" ? [] : [`code.${code}.title`])].filter(
        (id) => !(id in en),
      ),
    );
    expect(missing, "add these keys to all five files in ui/src/i18n").toEqual([]);
  });

  it("knows every code that the list of codes names", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");
    const named = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code]) => code).sort();
    expect(
      codes()
        .map(({ code }) => code)
        .sort(),
    ).toEqual(named);
  });

  it.each(Object.entries(catalogues))(
    "%s says of every code what it is, what it means and what to do",
    (language, catalogue) => {
      const lacking: string[] = [];
      for (const { code, class: kind } of codes()) {
        const parts = kind === "Failure" ? ["message", "remedy"] : ["title", "message", "remedy"];
        for (const part of parts) {
          const id = `code.${code}.${part}`;
          const text = catalogue[id]?.trim() ?? "";
          // A title may be one word that two languages share; a sentence is never the English one.
          const untranslated = language !== "en" && part !== "title" && text === (en as Record<string, string>)[id];
          if ((text === "" || untranslated) && !SAME_EVERYWHERE.has(id)) lacking.push(id);
        }
      }
      expect(lacking).toEqual([]);
    },
  );

  it("uses the parameters that the code gives", () => {
    for (const { code, message } of codes()) {
      const names = [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      expect([code, shape((en as Record<string, string>)[`code.${code}.message`] ?? "")]).toEqual([
        code,
        [...new Set(names)],
      ]);
    }
  });

  it("never raises its voice", () => {
    for (const catalogue of Object.values(catalogues)) {
      for (const [id, message] of Object.entries(catalogue)) {
        expect([id, message]).not.toEqual([id, expect.stringMatching(/!|\boops\b|\binvalid\b/i)]);
      }
    }
  });
});
