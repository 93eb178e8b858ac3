import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COMMAND_NAMES } from "./commands";

it("knows every command of the contract, with its request and answer", () => {
  const contract = readFileSync(join(import.meta.dirname, "../../../crates/brygga-api/src/contract.rs"), "utf8");
  const table = contract.slice(contract.indexOf("macro_rules! with_setup_commands"));
  const listed = [...table.matchAll(/^\s+(\w+)\((\w+)\) -> (?:Vec<(\w+)>|Option<(\w+)>|(\w+));/gm)].map(
    ([, name, request, list, optional, one]) => ({
      name,
      request,
      answer: list !== undefined ? `${list}[]` : optional !== undefined ? `${optional} | null` : one,
    }),
  );
  expect(listed.map(({ name }) => name).sort()).toEqual([...COMMAND_NAMES].sort());
  const ours = readFileSync(join(import.meta.dirname, "commands.ts"), "utf8");
  for (const { name, request, answer } of listed) {
    expect(ours).toContain(`${name}: { request: ${request}; answer: ${answer} };`);
  }
});
