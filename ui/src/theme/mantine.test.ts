import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const LIBRARY = "node_modules/@mantine/core";
const MODULES = `${LIBRARY}/esm`;
/** What every component stands on. */
const GROUND = ["baseline", "default-css-variables", "global"];

const read = (file: string) => readFileSync(file, "utf8");

/** What the pages import of the library. */
function imported(): Set<string> {
  const names = new Set<string>();
  for (const file of readdirSync("src", { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(file) || file.endsWith("mantine.test.ts")) continue;
    for (const [, list] of read(join("src", file)).matchAll(/import \{([^}]*)\} from "@mantine\/core"/g)) {
      for (const name of list?.split(",") ?? []) names.add(name.trim().replace(/ as .*/, ""));
    }
  }
  return names;
}

/** The looks that a module of the library needs, with those of everything that it is made of. */
function looks(module: string, seen: Set<string>, found: Set<string>) {
  if (seen.has(module)) return;
  seen.add(module);
  if (module.endsWith(".module.mjs")) {
    found.add(basename(module, ".module.mjs"));
    return;
  }
  for (const [, part] of read(module).matchAll(/from "(\.[^"]+)"/g)) {
    looks(resolve(dirname(module), part ?? ""), seen, found);
  }
}

/** Where the library's own file of all looks has those of one component. */
function place(look: string, all: string): number {
  const [first] = /\.m_[0-9a-f]+/.exec(read(`${LIBRARY}/styles/${look}.css`)) ?? [""];
  return all.indexOf(first);
}

test("the looks of every component that is used are there, in the library's order, and no others", () => {
  const parts = [...read(`${MODULES}/index.mjs`).matchAll(/import \{([^}]*)\} from "([^"]+)"/g)];
  const found = new Set<string>();
  const seen = new Set<string>();
  for (const name of imported()) {
    // Types have no module.
    const part = parts.find(([, names]) => names?.split(",").some((one) => one.trim() === name));
    if (part?.[2] !== undefined) looks(resolve(MODULES, part[2]), seen, found);
  }
  expect(found).toContain("Button");
  const all = read(`${LIBRARY}/styles.css`);
  const needed = [...found]
    .filter((look) => existsSync(`${LIBRARY}/styles/${look}.css`))
    .sort((one, other) => place(one, all) - place(other, all));
  const own = [...read("src/theme/mantine.css").matchAll(/@import "@mantine\/core\/styles\/([^"]+)\.css"/g)];
  expect(own.map(([, look]) => look)).toEqual([...GROUND, ...needed]);
  // Else it would depend on the order in which the files are read whose word counts.
  expect(own.length).toBe(read("src/theme/mantine.css").split("layer(ground);").length - 1);
});
