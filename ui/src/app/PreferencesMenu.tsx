import { Menu, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { FormattedMessage, useIntl } from "react-intl";
import { LANGUAGE_NAMES, LANGUAGES } from "../i18n/languages";
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
    <Menu position="right-end" width={200} withinPortal trapFocus>
      <Menu.Target>
        <UnstyledButton className={classes.open} aria-label={label} title={small ? label : undefined}>
          <IconAdjustmentsHorizontal size={18} stroke={1.8} aria-hidden="true" />
          {!small && <span>{LANGUAGE_NAMES[language]}</span>}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <FormattedMessage id="preferences.language" />
        </Menu.Label>
        {LANGUAGES.map((choice) => (
          <Choice key={choice} on={choice === language} choose={() => prefer({ language: choice })}>
            <span lang={choice}>{LANGUAGE_NAMES[choice]}</span>
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Label>
          <FormattedMessage id="preferences.theme" />
        </Menu.Label>
        {THEMES.map((choice) => (
          <Choice key={choice} on={choice === theme} choose={() => setColorScheme(choice)}>
            <FormattedMessage id={`preferences.theme.${choice}`} />
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Label>
          <FormattedMessage id="preferences.density" />
        </Menu.Label>
        {DENSITIES.map((choice) => (
          <Choice key={choice} on={choice === density} choose={() => prefer({ density: choice })}>
            <FormattedMessage id={`preferences.density.${choice}`} />
          </Choice>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Choice({ on, choose, children }: { on: boolean; choose: () => void; children: ReactNode }) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={on}
      onClick={choose}
      rightSection={on ? <IconCheck size={14} aria-hidden="true" /> : undefined}
    >
      {children}
    </Menu.Item>
  );
}
