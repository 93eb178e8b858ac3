import { expect, it } from "vitest";
import { csv, csvNumber } from "./csv";

it("writes what spreadsheets read, and nothing that they would run", () => {
  expect(
    csv("nb-NO", [
      ["#1042", "-0,05", 'a "b"; c'],
      ["=1+1", "-x", ""],
    ]),
  ).toBe('\ufeff#1042;-0,05;"a ""b""; c"\r\n\'=1+1;\'-x;\r\n');
});

it("keeps a text a text, also where it begins like a number", () => {
  const only = (text: string) => csv("nb-NO", [[text]]).slice(1, -2);
  for (const number of ["-0.05", "-0,05", "-12", "12,10", "2026-10-31", "\u22125,00"]) {
    expect(only(number)).toBe(number);
  }
  for (const text of ["-1+cmd|' /C calc'!A0", "-1.2.3", "-1 ", "- 1", "@x", "+47 22", " =1+1", "\uff1d1+1"]) {
    expect(only(text)).toBe(`'${text}`);
  }
});

it("begins no formula either where a spreadsheet of another region begins a cell", () => {
  const only = (locale: string, text: string) => csv(locale, [[text]]).slice(1, -2);
  expect(only("nb-NO", "Kari,=1+1|x,b")).toBe("Kari,'=1+1|x,b");
  expect(only("en-GB", "Kari; -1+1|x")).toBe("Kari; '-1+1|x");
  expect(only("en-GB", "Kari\n@x")).toBe('"Kari\n\'@x"');
  expect(only("nb-NO", "100,- og 5, -")).toBe("100,- og 5, -");
});

it("writes numbers with the decimal sign of the language, and cells apart by what goes with it", () => {
  for (const locale of ["nb-NO", "sv-SE", "da-DK", "fi-FI"]) {
    expect(csvNumber(locale, "10.05")).toBe("10,05");
    expect(csvNumber(locale, "-1234567.50")).toBe("-1234567,50");
    expect(csv(locale, [["a", "b"]])).toContain("a;b");
  }
  expect(csvNumber("en-GB", "10.05")).toBe("10.05");
  expect(csvNumber("en-GB", "-1234567.50")).toBe("-1234567.50");
  expect(csv("en-GB", [["a", "b"]])).toContain("a,b");
  for (const text of ["812", "SO 000223", "2026-10-31", "#1042", "gone", "1.2.3", ""]) {
    expect(csvNumber("nb-NO", text)).toBe(text);
  }
});
