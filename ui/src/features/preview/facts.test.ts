import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderHook } from "@testing-library/react";
import { createElement, type PropsWithChildren } from "react";
import { IntlProvider } from "react-intl";
import { describe, expect, it } from "vitest";
import en from "../../i18n/en.json";
import nb from "../../i18n/nb.json";
import { useFactWords } from "./facts";

const CRATES = join(import.meta.dirname, "../../../../crates");

function norwegian() {
  const wrapper = ({ children }: PropsWithChildren) =>
    createElement(IntlProvider, { locale: "nb-NO", messages: nb, timeZone: "UTC" }, children);
  return renderHook(() => useFactWords(), { wrapper }).result.current;
}

/** Names of facts, as the program gives them. */
function names(): string[] {
  const read = (path: string) => readFileSync(join(CRATES, path), "utf8").split("#[cfg(test)]")[0] ?? "";
  const changes = read("brygga-core/src/booking/shown.rs");
  const differing = read("brygga-api/src/mapping/differing.rs");
  const line = read("brygga-api/src/line.rs");
  const made = ["item", "step", "goods"].map((name) => read(`brygga-api/src/preview/${name}.rs`));
  const head = changes.slice(changes.indexOf("pub fn head_changes"));
  return [
    ...head.matchAll(/\(\s*"(\w+)",\s/g),
    ...changes.matchAll(/\("(\w+)", old\./g),
    ...differing.matchAll(/\(\s*"(\w+)", &/g),
    ...line.matchAll(/\("(\w+)", (?:Some\(|line\.)/g),
    // A table of several, whose name is put in by the loop.
    ...made.join("\n").matchAll(/\(\s*"(\w+)", &channel\./g),
    ...[differing, ...made].join("\n").matchAll(/\bfact\(\s*"(\w+)"/g),
  ].map(([, name = ""]) => name);
}

describe("a fact", () => {
  it("has a name for all that the program sends", () => {
    const sent = names();
    expect(sent).toEqual(expect.arrayContaining(["currency", "order_type", "unit_price", "terms", "linked_by"]));
    expect([...new Set(sent)].filter((name) => !(`preview.fact.${name}` in en))).toEqual([]);
  });

  it("is written as the language writes numbers and days", () => {
    const { name, value } = norwegian();
    expect(name("currency")).toBe("Valuta");
    expect(value("quantity", "12.5")).toBe("12,5");
    expect(value("unit_price", "12.5")).toBe("12,50");
    expect(value("discount", "12.125")).toBe("12,125");
    expect(value("price", "1204")).toBe("1\u202f204");
    expect(value("date", "2026-10-31")).toBe("31. okt. 2026");
  });

  it("that is no amount stays as it is", () => {
    const { value } = norwegian();
    expect(value("item", "12.5")).toBe("12.5");
    expect(value("account", "3000")).toBe("3000");
  });
});
