/** What the clients of the other side call what they do (`{action}` of a refusal) has a word in every language. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createIntl } from "react-intl";
import { describe, expect, it } from "vitest";
import da from "./da.json";
import en from "./en.json";
import fi from "./fi.json";
import nb from "./nb.json";
import sv from "./sv.json";
import { Words } from "./words";

const catalogues: Record<string, Record<string, string>> = { en, nb, sv, da, fi };
const CLIENTS = ["brygga-visma", "brygga-shopify", "brygga-engine"];

/** The clients' sources, without their tests. */
function sources(): string[] {
  const crates = join(import.meta.dirname, "../../../crates");
  return CLIENTS.flatMap((client) => {
    const folder = join(crates, client, "src");
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".rs"))
      .map((name) => readFileSync(join(folder, name), "utf8").split("#[cfg(test)]")[0] ?? "");
  });
}

/** The parts between commas of what follows an opening bracket, up to the one that closes it. */
function parts(source: string, from: number): string[] {
  const found: string[] = [];
  let depth = 0;
  let start = from;
  let text = false;
  for (let at = from; at < source.length; at += 1) {
    const letter = source[at] ?? "";
    if (letter === '"' && source[at - 1] !== "\\") text = !text;
    if (text) continue;
    if (letter === "," && depth === 0) {
      found.push(source.slice(start, at).trim());
      start = at + 1;
    }
    if ("([{".includes(letter)) depth += 1;
    if (")]}".includes(letter)) {
      if (depth === 0) return [...found, source.slice(start, at).trim()].filter((part) => part !== "");
      depth -= 1;
    }
  }
  return found;
}

const literal = (part: string | undefined) => /^"((?:[^"\\]|\\.)*)"$/.exec(part ?? "")?.[1];

/** Every name of an action that stands in the sources: given at once, by a function that takes one, by a variable, or in a table. */
function actions(): string[] {
  const found = new Set<string>();
  // A verb and its object: other functions of the same name have arguments too.
  const add = (text: string | undefined) => text?.includes(" ") && found.add(text);
  const all = sources();
  // Which functions take an action, and as which of their arguments.
  const takes = new Map<string, number>();
  for (const source of all) {
    for (const { index, 0: head, 1: name = "" } of source.matchAll(/fn (\w+)(?:<[^>(]*>)?\(/g)) {
      const given = parts(source, index + head.length).filter((part) => !/^&?(?:mut )?self$/.test(part));
      const at = given.findIndex((part) => /^action: &'static str$/.test(part));
      if (at >= 0) takes.set(name, at);
    }
  }
  for (const source of all) {
    for (const { 1: text } of source.matchAll(/\.with\(\s*"action",\s*"([^"]+)"/g)) add(text);
    for (const { 1: text } of source.matchAll(/let action = "([^"]+)"/g)) add(text);
    for (const [name, at] of takes) {
      for (const { index, 0: head } of source.matchAll(new RegExp(`(?<!fn )\\b${name}(?:::<[^(]*>)?\\(`, "g")))
        add(literal(parts(source, index + head.length)[at]));
    }
    // Rows of a table that is gone through with the action as the last of each.
    if (/for \((?:\w+, )+action\) in/.test(source)) {
      for (const { index } of source.matchAll(/\(\s*"[a-z]+-[a-z]+",/g)) add(literal(parts(source, index + 1).at(-1)));
    }
  }
  return [...found].sort();
}

/** What Visma.net allows or not, by the stable names that the core has a sentence for. */
function permissions(): string[] {
  const core = readFileSync(join(import.meta.dirname, "../../../crates/brygga-core/src/code.rs"), "utf8");
  const spoken = /fn spoken\([\s\S]*?\n}/.exec(core)?.[0] ?? "";
  return [...spoken.matchAll(/"([a-z-]+)" =>/g)].map(([, name = ""]) => name);
}

describe("what is done at the other side", () => {
  it("is found in the sources, however it is given", () => {
    // At once, by `Call::get`, by `whole`, by `at`, by an action on a shipment, by a variable, in both tables.
    for (const known of [
      "read an item",
      "read the VAT ids",
      "release a document of the customer ledger",
      "confirm a shipment",
      "set the invoice date of a sales order",
    ])
      expect(actions()).toContain(known);
  });

  it.each(Object.entries(catalogues))("a permission by its stable name has a word in %s", (_, messages) => {
    expect(permissions()).toContain("customers-read");
    expect(permissions().filter((name) => messages[wordId(name)] === undefined)).toEqual([]);
  });

  it("has no word that nothing asks for", () => {
    const asked = new Set([...actions(), ...permissions()].map(wordId));
    const words = Object.keys(en).filter((id) => id.startsWith("value.action."));
    expect(words.filter((id) => !asked.has(id))).toEqual([]);
  });

  it.each(Object.entries(catalogues))("has a word in %s", (language, messages) => {
    const intl = createIntl({ locale: language, messages });
    const words = new Words(intl);
    const lacking = actions().filter((action) => {
      const word = words.param("action", action);
      return messages[wordId(action)] === undefined || (language !== "en" && word === action);
    });
    expect(lacking.map(wordId), "add these keys to all five files in ui/src/i18n").toEqual([]);
  });

  it("is said in the sentence of a refusal", () => {
    const words = new Words(createIntl({ locale: "nb", messages: nb }));
    expect(words.reason({ code: "erp-forbidden", params: { action: "read customers", scope: "x" } })).toBe(
      "Visma.net lar ikke Brygga lese kunder.",
    );
    const call = "GET /v1/customer (AR303000)";
    expect(words.reason({ code: "erp-forbidden", params: { action: "customers-read", scope: "x", call } })).toBe(
      "Visma.net lar ikke Brygga lese kunder: det avviste GET /v1/customer (AR303000).",
    );
  });
});

function wordId(action: string): string {
  return `value.action.${action.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
}
