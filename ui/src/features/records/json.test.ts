import { describe, expect, it } from "vitest";
import { readableJson } from "./json";

describe("readable JSON", () => {
  it("keeps numbers as they were sent", () => {
    expect(readableJson('{"a":10.00,"id":12345678901234567890,"b":[],"c":{}}')).toBe(
      '{\n  "a": 10.00,\n  "id": 12345678901234567890,\n  "b": [],\n  "c": {}\n}',
    );
  });

  it("leaves strings alone", () => {
    expect(readableJson('["a:{b},\\"c\\""]')).toBe('[\n  "a:{b},\\"c\\""\n]');
  });

  it("shows what is no JSON as it is", () => {
    expect(readableJson("<html>busy</html>")).toBe("<html>busy</html>");
  });

  it("does not lose the end of a cut text", () => {
    expect(readableJson('{"a":"bro')).toBe('{\n  "a": "bro');
  });
});
