/** What is proven: everything, or the days of a month or a year. */
import type { ProofPeriod } from "../../api/generated/ProofPeriod";

export const SPANS = ["all", "month", "last", "year"] as const;
export type Span = (typeof SPANS)[number];

/** The first and the last day of it; `today` is the shop's, `YYYY-MM-DD`. */
export function daysOf(span: Span, today: string): ProofPeriod {
  const [year = 0, month = 1] = today.split("-").map(Number);
  // Days of a calendar have no time zone: UTC is as good as any.
  const day = (of: number, at: number) => new Date(Date.UTC(year, of, at)).toISOString().slice(0, 10);
  switch (span) {
    case "all":
      return { from: null, to: null };
    case "month":
      return { from: day(month - 1, 1), to: day(month, 0) };
    case "last":
      return { from: day(month - 2, 1), to: day(month - 1, 0) };
    case "year":
      return { from: day(0, 1), to: day(11, 31) };
  }
}
