/** The rows of the proof's file: what was proven, for which days, and with the same weight what was not. */
import type { IntlShape } from "react-intl";
import type { AppInfo } from "../../api/generated/AppInfo";
import type { ProofPeriod } from "../../api/generated/ProofPeriod";
import type { ProofResult } from "../../api/generated/ProofResult";
import { csvNumber } from "../../components/csv";
import { formatDay } from "../../i18n/format";
import type { MessageId } from "../../i18n/languages";
import type { useWords } from "../../i18n/useWords";
import { accountName, className } from "./account";

type Words = ReturnType<typeof useWords>;

/** The days of a proof in words; everything where there is no bound. */
export function periodWords(intl: IntlShape, { from, to }: ProofPeriod): string {
  if (from === null && to === null) return intl.formatMessage({ id: "proof.period.all" });
  const day = (date: string | null) => (date === null ? "\u2026" : formatDay(intl.locale, date));
  return intl.formatMessage({ id: "proof.of" }, { from: day(from), to: day(to) });
}

export function proofRows(
  proof: ProofResult,
  info: Pick<AppInfo, "company" | "shop"> | undefined,
  intl: IntlShape,
  words: Words,
): string[][] {
  const text = (id: MessageId) => intl.formatMessage({ id });
  const number = (value: string) => csvNumber(intl.locale, value);
  const { period, undecided, beyond, stock_unread } = proof;
  return [
    [info?.company ?? "", info?.shop ?? "", proof.at],
    [text("proof.period"), periodWords(intl, period), period.from ?? "", period.to ?? ""],
    [text("proof.checked"), String(proof.checked)],
    [text("proof.difference"), String(proof.differences.length)],
    ...proof.explained.map((each) => [className(words, each.class), String(each.count)]),
    [text("proof.undecided"), String(undecided.length)],
    [text("proof.beyond.name"), String(beyond.length)],
    ...(stock_unread === null
      ? []
      : [[intl.formatMessage({ id: "proof.stock.unread" }, { reason: words.reason(stock_unread) })]]),
    [],
    [text("proof.order"), text("proof.document"), text("proof.what"), "Shopify", "Visma.net"],
    ...proof.differences.map((row) => [
      row.order,
      row.document ?? "",
      className(words, row.what),
      number(row.shopify),
      number(row.visma),
    ]),
    [],
    [
      text("overview.day"),
      text("proof.account"),
      text("mapping.column.gateway"),
      text("mapping.column.currency"),
      "Shopify",
      "Visma.net",
      text("proof.days.difference"),
    ],
    ...proof.days.map((row) => [
      row.date,
      accountName(words, intl.locale, row),
      row.gateway ?? "",
      row.currency,
      number(row.shopify),
      number(row.visma),
      number(row.difference),
    ]),
    [],
    [text("proof.stock.location"), text("proof.stock.items"), "Shopify", "Visma.net", text("proof.stock.differing")],
    ...proof.stock.map((row) => [
      row.location,
      String(row.items),
      number(row.shopify),
      number(row.visma),
      row.differing.join(", "),
    ]),
    [],
    [text("proof.dated")],
    ...proof.dated.map((row) => [row.order, row.document ?? "", "", row.shopify, row.visma]),
    [],
    [text("proof.undecided")],
    ...undecided.map((name) => [name]),
    [],
    [text("proof.beyond.name")],
    ...beyond.map((name) => [name]),
  ];
}
