import { Select, useMantineColorScheme } from "@mantine/core";
import { FormattedMessage, useIntl } from "react-intl";
import { type Density, prefer, type Theme, usePreferences } from "../../app/preferences";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../../i18n/languages";
import classes from "./SettingsPage.module.css";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const DENSITIES: readonly Density[] = ["comfortable", "compact"];

/** Language, theme and row height: of this window, not of the books. They hold at once. */
export function WindowSection({ title }: { title: string }) {
  const intl = useIntl();
  const { language, theme, density } = usePreferences();
  const { setColorScheme } = useMantineColorScheme();
  return (
    <section id="settings-window" aria-labelledby="settings-window-title">
      <h2 id="settings-window-title" className={classes.sectionTitle}>
        {title}
      </h2>
      <div className={classes.card}>
        <Row
          id="preferences.language"
          value={language}
          data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
          onChange={(value) => prefer({ language: value as Language })}
        />
        <Row
          id="preferences.theme"
          value={theme}
          data={THEMES.map((value) => ({ value, label: intl.formatMessage({ id: `preferences.theme.${value}` }) }))}
          onChange={(value) => setColorScheme(value as Theme)}
        />
        <Row
          id="preferences.density"
          value={density}
          data={DENSITIES.map((value) => ({
            value,
            label: intl.formatMessage({ id: `preferences.density.${value}` }),
          }))}
          onChange={(value) => prefer({ density: value as Density })}
        />
      </div>
    </section>
  );
}

interface RowProps {
  id: "preferences.language" | "preferences.theme" | "preferences.density";
  value: string;
  data: { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Row({ id, value, data, onChange }: RowProps) {
  const intl = useIntl();
  return (
    <div className={classes.field}>
      <div className={classes.label}>
        <FormattedMessage id={id} />
      </div>
      <div className={classes.control}>
        <Select
          aria-label={intl.formatMessage({ id })}
          w="100%"
          maw={320}
          allowDeselect={false}
          value={value}
          data={data}
          onChange={(chosen) => chosen !== null && onChange(chosen)}
        />
      </div>
    </div>
  );
}
