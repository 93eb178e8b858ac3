import { expect, test } from "vitest";
import type { ProofDay } from "../../api/generated/ProofDay";
import { monthsOf } from "./calendar";

function row(date: string, difference: string): ProofDay {
  return {
    date,
    account: "sales",
    gateway: null,
    vat: null,
    currency: "NOK",
    shopify: "1.00",
    visma: "1.00",
    difference,
  };
}

test("a month has all its days, and begins on its weekday", () => {
  const [october, september] = monthsOf([row("2026-09-30", "0.00"), row("2026-10-02", "0.00")]);
  expect(october?.month).toBe("2026-10");
  expect(october?.days).toHaveLength(31);
  // 1 October 2026 is a Thursday.
  expect(october?.days[0]?.weekday).toBe(3);
  expect(september?.days).toHaveLength(30);
  expect(september?.days.at(-1)?.rows).toBe(1);
});

test("one difference is told by its amount, several by their number", () => {
  const [month] = monthsOf([row("2026-10-02", "-0.05"), row("2026-10-03", "1.00"), row("2026-10-03", "-1.00")]);
  expect(month?.days[1]?.difference).toEqual({ amount: "-0.05", currency: "NOK" });
  expect(month?.days[2]?.difference).toBeNull();
  expect(month?.days[2]?.differing).toBe(2);
  expect(month?.days[3]?.rows).toBe(0);
});
