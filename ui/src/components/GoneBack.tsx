import { FormattedMessage, useIntl } from "react-intl";
import type { SettingsGoneBack } from "../api/generated/SettingsGoneBack";
import { formatCount } from "../i18n/format";

/** A change that was undone holds for what comes: what was made meanwhile is told, and stays. */
export function GoneBack({ back: { made, running } }: { back: SettingsGoneBack }) {
  const intl = useIntl();
  return (
    <>
      <FormattedMessage id={made > 0 || running ? "undone.next" : "undone"} />{" "}
      {made > 0 && (
        <FormattedMessage id="undone.made" values={{ count: made, shown: formatCount(intl.locale, made) }} />
      )}{" "}
      {running && <FormattedMessage id="undone.running" />}
    </>
  );
}
