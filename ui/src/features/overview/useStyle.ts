import { useIntl } from "react-intl";
import { useInfo } from "../../api/queries";
import { dayOf, type MomentStyle } from "../../i18n/format";

/** How a moment is shown here: today's need no day. */
export function useStyle(): (at: string) => MomentStyle {
  const { timeZone = "UTC" } = useIntl();
  const { data: info } = useInfo();
  return (at) => (info !== undefined && dayOf(at, timeZone) === dayOf(info.now, timeZone) ? "time" : "day-time");
}
