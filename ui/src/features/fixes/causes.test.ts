import { describe, expect, it } from "vitest";
import type { HeldGroup } from "../../api/generated/HeldGroup";
import { byCause } from "./causes";
import { sumDecimals } from "./sum";

const group = (code: string, params: Record<string, string>, amount: string, currency = "NOK"): HeldGroup => ({
  kind: "order",
  reason: { code, params },
  count: 1,
  money: [{ amount, currency }],
  records: [],
  remedy: "elsewhere",
});

describe("causes", () => {
  it("are one where only the record differs, with their money added up per currency", () => {
    const causes = byCause([
      group("vat-differs", { order: "#1", rate: "25", ours: "1.00" }, "10.05"),
      group("vat-differs", { order: "#2", rate: "25", ours: "2.00" }, "0.95"),
      group("vat-differs", { order: "#3", rate: "25", ours: "2.00" }, "7.00", "SEK"),
    ]);
    expect(causes).toHaveLength(1);
    expect(causes[0]).toMatchObject({
      reason: { params: { rate: "25" } },
      count: 3,
      money: [
        { amount: "11.00", currency: "NOK" },
        { amount: "7.00", currency: "SEK" },
      ],
    });
  });

  it("stand with the costliest first, in the currency that most of them have", () => {
    const causes = byCause([
      group("item-not-found", { sku: "A" }, "900.00", "SEK"),
      group("vat-unmapped", { rate: "25" }, "99.50"),
      group("vat-unmapped", { rate: "15" }, "1200.00"),
    ]);
    expect(causes.map(({ reason }) => reason.params.rate ?? reason.params.sku)).toEqual(["15", "25", "A"]);
  });

  it("stay apart where the repair differs", () => {
    expect(
      byCause([group("vat-unmapped", { rate: "25" }, "1"), group("vat-unmapped", { rate: "15" }, "1")]),
    ).toHaveLength(2);
  });
});

describe("sums", () => {
  it.each([
    ["0.1", "0.2", "0.3"],
    ["-0.05", "0.01", "-0.04"],
    ["99999999999999999.99", "0.01", "100000000000000000.00"],
    ["1500", "500", "2000"],
    ["-1.50", "1.5", "0.00"],
  ])("%s and %s is %s", (one, other, sum) => {
    expect(sumDecimals(one, other)).toBe(sum);
  });
});
