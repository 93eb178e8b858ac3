import { useIntl } from "react-intl";
import { formatMoment, type MomentStyle } from "../i18n/format";

/** A moment in the shop's time zone; the full form with its zone on hover. */
export function When({ at, style = "day-time" }: { at: string; style?: MomentStyle }) {
  const { locale, timeZone = "UTC" } = useIntl();
  return (
    <time dateTime={at} className="num" title={formatMoment(locale, timeZone, at, "full")}>
      {formatMoment(locale, timeZone, at, style)}
    </time>
  );
}
