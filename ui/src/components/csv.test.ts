import { expect, it } from "vitest";
import { csv } from "./csv";

it("writes what spreadsheets read, and nothing that they would run", () => {
  expect(
    csv([
      ["#1042", "-0.05", 'a "b"; c'],
      ["=1+1", "-x", ""],
    ]),
  ).toBe('\ufeff#1042;-0.05;"a ""b""; c"\r\n\'=1+1;\'-x;\r\n');
});
