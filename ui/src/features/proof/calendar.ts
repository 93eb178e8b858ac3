/** The days of a proof as months with whole weeks. */
import type { ProofDay } from "../../api/generated/ProofDay";
import { isZero } from "./account";

export interface Day {
  date: string;
  /** 0 is Monday. */
  weekday: number;
  /** Rows of the day; a day without any had nothing in the books. */
  rows: number;
  /** Rows whose two sides differ. */
  differing: number;
  /** The one difference of the day; null when several rows differ. */
  difference: { amount: string; currency: string } | null;
}

export interface Month {
  /** `YYYY-MM`. */
  month: string;
  days: Day[];
}

/** Every day of every month from the first row to the last, the newest month first. */
export function monthsOf(rows: ProofDay[]): Month[] {
  const byDate = new Map<string, ProofDay[]>();
  for (const row of rows) {
    const known = byDate.get(row.date) ?? [];
    known.push(row);
    byDate.set(row.date, known);
  }
  const months = [...new Set([...byDate.keys()].map((date) => date.slice(0, 7)))].sort().reverse();
  return months.map((month) => ({ month, days: daysOf(month).map((date) => day(date, byDate.get(date) ?? [])) }));
}

function daysOf(month: string): string[] {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const length = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return Array.from({ length }, (_, index) => `${month}-${String(index + 1).padStart(2, "0")}`);
}

function day(date: string, rows: ProofDay[]): Day {
  const differing = rows.filter((row) => !isZero(row.difference));
  const only = differing.length === 1 ? differing[0] : undefined;
  return {
    date,
    weekday: (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7,
    rows: rows.length,
    differing: differing.length,
    difference: only === undefined ? null : { amount: only.difference, currency: only.currency },
  };
}
