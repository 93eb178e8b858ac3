/** A calendar of days, each 0.00 or what differs; a day opens its table. */
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { ProofDay } from "../../api/generated/ProofDay";
import { formatAmount, formatDay, formatDecimal } from "../../i18n/format";
import { useWords } from "../../i18n/useWords";
import { accountName, isZero } from "./account";
import { type Day, monthsOf } from "./calendar";
import classes from "./Days.module.css";
import page from "./ProofPage.module.css";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export function Days({ days }: { days: ProofDay[] }) {
  const intl = useIntl();
  const grid = useRef<HTMLDivElement>(null);
  const months = monthsOf(days);
  const dates = [...new Set(days.map((row) => row.date))].sort();
  const differing = days.filter((row) => !isZero(row.difference)).map((row) => row.date);
  const [chosen, choose] = useState<string>();
  // What differs is what one looks for; else the newest day.
  const shown = chosen !== undefined && dates.includes(chosen) ? chosen : (differing.at(-1) ?? dates.at(-1));
  const move = (event: KeyboardEvent, date: string) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const wanted = new Date(`${date}T00:00:00Z`);
    wanted.setUTCDate(wanted.getUTCDate() + step);
    const next =
      dates.find((day) => day === wanted.toISOString().slice(0, 10)) ??
      (step < 0 ? dates.filter((day) => day < date).at(-1) : dates.find((day) => day > date));
    if (next === undefined) return;
    choose(next);
    grid.current?.querySelector<HTMLElement>(`[data-date="${next}"]`)?.focus();
  };
  const weekdays = Array.from({ length: 7 }, (_, index) =>
    new Intl.DateTimeFormat(intl.locale, { weekday: "short", timeZone: "UTC" }).format(
      // A Monday.
      new Date(Date.UTC(2024, 0, 1 + index)),
    ),
  );
  return (
    <section className={classes.section}>
      <h3 className={page.part}>
        <FormattedMessage id="proof.days" />
      </h3>
      <div className={classes.months} ref={grid}>
        {months.map((month) => (
          <div key={month.month}>
            <h4 className={classes.month}>
              {new Intl.DateTimeFormat(intl.locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(
                new Date(`${month.month}-01T00:00:00Z`),
              )}
            </h4>
            <div className={classes.week} aria-hidden="true">
              {weekdays.map((name) => (
                <span key={name}>{name}</span>
              ))}
            </div>
            <div className={classes.days}>
              {month.days.map((day, index) => (
                <Tile
                  key={day.date}
                  day={day}
                  first={index === 0 ? day.weekday + 1 : undefined}
                  chosen={day.date === shown}
                  onChoose={() => choose(day.date)}
                  onKey={(event) => move(event, day.date)}
                />
              ))}
            </div>
          </div>
        ))}
      </div>
      {shown !== undefined && <DayTable date={shown} rows={days.filter((row) => row.date === shown)} />}
    </section>
  );
}

function Tile({
  day,
  first,
  chosen,
  onChoose,
  onKey,
}: {
  day: Day;
  first: number | undefined;
  chosen: boolean;
  onChoose: () => void;
  onKey: (event: KeyboardEvent) => void;
}) {
  const intl = useIntl();
  const style = first === undefined ? undefined : { gridColumnStart: first };
  const number = Number(day.date.slice(8));
  if (day.rows === 0)
    return (
      <span className={classes.tile} style={style} data-empty>
        <span className={classes.number}>{number}</span>
      </span>
    );
  const equal = day.differing === 0;
  return (
    <button
      type="button"
      className={classes.tile}
      style={style}
      data-date={day.date}
      data-equal={equal || undefined}
      aria-pressed={chosen}
      tabIndex={chosen ? 0 : -1}
      onClick={onChoose}
      onKeyDown={onKey}
    >
      <span className={classes.number}>
        <span className="visually-hidden">{formatDay(intl.locale, day.date)}</span>
        <span aria-hidden="true">{number}</span>
      </span>
      <span className={classes.figure}>
        {equal ? (
          <>
            <IconCheck size={12} aria-hidden="true" />
            {formatDecimal(intl.locale, "0.00", 2)}
          </>
        ) : (
          <>
            <IconAlertTriangle size={12} aria-hidden="true" />
            {day.difference === null ? (
              <FormattedMessage id="proof.days.rows" values={{ count: day.differing }} />
            ) : (
              formatAmount(intl.locale, day.difference.amount, day.difference.currency)
            )}
          </>
        )}
      </span>
    </button>
  );
}

/** One day's rows; the difference is empty where it is zero. */
export function DayTable({ date, rows }: { date: string; rows: ProofDay[] }) {
  const intl = useIntl();
  const words = useWords();
  const amount = (text: string, currency: string) => formatAmount(intl.locale, text, currency);
  return (
    <div className={page.scroll}>
      <table className={page.table}>
        <caption className={classes.caption}>{formatDay(intl.locale, date)}</caption>
        <thead>
          <tr>
            <th scope="col">
              <FormattedMessage id="proof.account" />
            </th>
            <th scope="col">
              <FormattedMessage id="mapping.column.currency" />
            </th>
            <th scope="col" className={page.end}>
              <FormattedMessage id="value.remote.shopify" />
            </th>
            <th scope="col" className={page.end}>
              <FormattedMessage id="value.remote.visma" />
            </th>
            <th scope="col" className={page.end}>
              <FormattedMessage id="proof.days.difference" />
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const name = accountName(words, intl.locale, row);
            return (
              <tr key={`${name}/${row.currency}`}>
                <th scope="row">{name}</th>
                <td className="quiet">{row.currency}</td>
                <td className={page.end}>{amount(row.shopify, row.currency)}</td>
                <td className={page.end}>{amount(row.visma, row.currency)}</td>
                <td className={page.end} data-needs={!isZero(row.difference) || undefined}>
                  {!isZero(row.difference) && amount(row.difference, row.currency)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
