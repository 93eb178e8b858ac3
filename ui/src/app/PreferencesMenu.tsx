import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { FormattedMessage, useIntl } from "react-intl";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../i18n/languages";
import classes from "./PreferencesMenu.module.css";
import { type Density, prefer, type Theme, usePreferences } from "./preferences";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const DENSITIES: readonly Density[] = ["comfortable", "compact"];

/** Language, theme and row height: of this screen, not of the books. */
export function PreferencesMenu({ small }: { small: boolean }) {
  const intl = useIntl();
  const { language, theme, density } = usePreferences();
  const { setColorScheme } = useMantineColorScheme();
  const label = intl.formatMessage({ id: "preferences.open" });
  return (
    <Menu position="right-end" width={200} withinPortal trapFocus withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton
          className={classes.open}
          aria-label={small ? label : `${label}: ${LANGUAGE_NAMES[language]}`}
          title={small ? label : undefined}
        >
          <IconAdjustmentsHorizontal size={18} stroke={1.8} aria-hidden="true" />
          {!small && <span>{LANGUAGE_NAMES[language]}</span>}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <FormattedMessage id="preferences.language" />
        </Menu.Label>
        <Menu.RadioGroup value={language} onChange={(value) => prefer({ language: value as Language })}>
          {LANGUAGES.map((choice) => (
            <Menu.RadioItem key={choice} value={choice}>
              <span lang={choice}>{LANGUAGE_NAMES[choice]}</span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>
          <FormattedMessage id="preferences.theme" />
        </Menu.Label>
        <Menu.RadioGroup value={theme} onChange={(value) => setColorScheme(value as Theme)}>
          {THEMES.map((choice) => (
            <Menu.RadioItem key={choice} value={choice}>
              <FormattedMessage id={`preferences.theme.${choice}`} />
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>
          <FormattedMessage id="preferences.density" />
        </Menu.Label>
        <Menu.RadioGroup value={density} onChange={(value) => prefer({ density: value as Density })}>
          {DENSITIES.map((choice) => (
            <Menu.RadioItem key={choice} value={choice}>
              <FormattedMessage id={`preferences.density.${choice}`} />
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
