import { useIntl } from "react-intl";
import { useToday } from "../../api/queries";
import { dayOf, type MomentStyle } from "../../i18n/format";

/** How a moment is shown here: today's need no day. */
export function useStyle(): (at: string) => MomentStyle {
  const { timeZone = "UTC" } = useIntl();
  const today = useToday(timeZone);
  return (at) => (dayOf(at, timeZone) === today ? "time" : "day-time");
}
