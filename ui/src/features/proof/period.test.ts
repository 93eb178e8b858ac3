import { expect, it } from "vitest";
import { daysOf } from "./period";

it("begins and ends where the calendar does", () => {
  expect(daysOf("all", "2028-03-31")).toEqual({ from: null, to: null });
  expect(daysOf("month", "2028-03-31")).toEqual({ from: "2028-03-01", to: "2028-03-31" });
  expect(daysOf("last", "2028-03-31")).toEqual({ from: "2028-02-01", to: "2028-02-29" });
  expect(daysOf("year", "2028-03-31")).toEqual({ from: "2028-01-01", to: "2028-12-31" });
  expect(daysOf("last", "2028-01-01")).toEqual({ from: "2027-12-01", to: "2027-12-31" });
});
