import { Popover, UnstyledButton } from "@mantine/core";
import { memo } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import type { DayCount } from "../../api/generated/DayCount";
import { formatCount, formatDay } from "../../i18n/format";
import classes from "./Days.module.css";

const HEIGHT = 28;
const BAR = 3;
const GAP = 1;

/** Thirty days as small bars, and the same as a table when asked. */
export const Days = memo(function Days({ days, name }: { days: DayCount[]; name: string }) {
  const intl = useIntl();
  const most = Math.max(1, ...days.map((day) => day.count));
  const total = days.reduce((sum, day) => sum + day.count, 0);
  const width = days.length * (BAR + GAP);
  return (
    <Popover position="bottom" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes.open}
          aria-label={intl.formatMessage(
            { id: "overview.days.label" },
            { flow: name, count: formatCount(intl.locale, total) },
          )}
        >
          <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
            <line x1="0" x2={width} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={classes.ground} />
            {days.map((day, index) => {
              const height = day.count === 0 ? 0 : Math.max(2, (day.count / most) * (HEIGHT - 2));
              return (
                <rect
                  key={day.date}
                  x={index * (BAR + GAP)}
                  y={HEIGHT - 1 - height}
                  width={BAR}
                  height={height}
                  className={classes.bar}
                />
              );
            })}
          </svg>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <div className={classes.list} tabIndex={0}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">
                  <FormattedMessage id="overview.day" />
                </th>
                <th scope="col">
                  <FormattedMessage id="state.booked" />
                </th>
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map((day) => (
                <tr key={day.date}>
                  <td>{formatDay(intl.locale, day.date)}</td>
                  <td>{formatCount(intl.locale, day.count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
});
