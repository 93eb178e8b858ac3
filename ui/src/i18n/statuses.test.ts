/** What the two services call the state of a document has a word in every language. */
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

/** Every value of the core's lists of states that are a remote's own words, by the list's name. */
function statuses(): Map<string, string[]> {
  const core = join(import.meta.dirname, "../../../crates/brygga-core/src");
  const found = new Map<string, string[]>();
  for (const name of readdirSync(core, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".rs")) continue;
    const source = readFileSync(join(core, name), "utf8");
    for (const [, list = "", values = ""] of source.matchAll(/known_or_other! \{[^{]*?\b(\w+Status) \{(.*?)\n {4}\}/gs))
      found.set(
        list,
        [...values.matchAll(/= "([^"]+)"/g)].map(([, value = ""]) => value),
      );
  }
  return found;
}

describe("states", () => {
  it("are found", () => {
    const found = statuses();
    expect(found.get("FinancialStatus")).toContain("PARTIALLY_REFUNDED");
    expect(found.get("OrderStatus")).toContain("CreditHold");
    expect(found.size).toBeGreaterThan(10);
  });

  it.each(Object.entries(catalogues))("have a word in %s", (locale, messages) => {
    const words = new Words(createIntl({ locale, messages, timeZone: "UTC" }));
    const unnamed = [...statuses().values()].flat().filter((status) => words.param("status", status) === status);
    expect(unnamed).toEqual([]);
  });
});
