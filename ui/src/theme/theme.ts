/** Mantine dressed in the tokens of `tokens.css`: components read Mantine's variables, and those point at ours. */
import { ActionIcon, Button, type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** Shade 7 is the light theme's fjord, shade 4 the dark theme's. */
const fjord: MantineColorsTuple = [
  "#eaf5f6",
  "#d0e8ea",
  "#a9d9dd",
  "#83cfd6",
  "#5fc4cc",
  "#37a0aa",
  "#1b7c86",
  "#0b5d66",
  "#094d55",
  "#073d43",
];

/** Greys with the tokens' tint: what no variable below names is drawn with these. */
const gray: MantineColorsTuple = [
  "#f6f7f5",
  "#eff2ee",
  "#e3e6e1",
  "#d5dad4",
  "#c3cac4",
  "#a3aca7",
  "#7a8682",
  "#55625f",
  "#38433f",
  "#14211f",
];

const dark: MantineColorsTuple = [
  "#e8eeec",
  "#c3cfcc",
  "#9db0ab",
  "#9db0ab",
  "#2a383e",
  "#22303a",
  "#1b272c",
  "#162024",
  "#10171a",
  "#0c1214",
];

/** Filled buttons in fjord: in the dark theme fjord is light, and its words are dark. */
const FILLED = { background: "var(--b-fjord)", words: "var(--b-on-fjord)" } as const;

export const theme = createTheme({
  colors: { fjord, gray, dark },
  primaryColor: "fjord",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.4,
  black: "#14211f",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  lineHeights: { xs: "16px", sm: "20px", md: "20px", lg: "24px", xl: "28px" },
  spacing: { xs: "8px", sm: "12px", md: "16px", lg: "24px", xl: "32px" },
  radius: { xs: "4px", sm: "8px", md: "8px", lg: "8px", xl: "8px" },
  defaultRadius: "sm",
  headings: { fontWeight: "600" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 300, withArrow: false, transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { transitionProps: { duration: 120 }, shadow: "b" } },
    Popover: { defaultProps: { transitionProps: { duration: 120 }, shadow: "b" } },
    Modal: {
      defaultProps: { transitionProps: { duration: 120 }, shadow: "b" },
      styles: { title: { fontWeight: 600 } },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } }, styles: { title: { fontWeight: 600 } } },
    Button: Button.extend({
      vars: (_theme, { variant = "filled" }) => ({
        root: variant === "filled" ? { "--button-bg": FILLED.background, "--button-color": FILLED.words } : {},
      }),
    }),
    ActionIcon: ActionIcon.extend({
      vars: (_theme, { variant = "filled" }) => ({
        root: variant === "filled" ? { "--ai-bg": FILLED.background, "--ai-color": FILLED.words } : {},
      }),
    }),
  },
  shadows: { b: "var(--b-float)" },
});

const shared = {
  "--mantine-color-text": "var(--b-ink)",
  "--mantine-color-body": "var(--b-surface)",
  "--mantine-color-dimmed": "var(--b-quiet)",
  "--mantine-color-placeholder": "var(--b-quiet)",
  "--mantine-color-default": "var(--b-surface)",
  "--mantine-color-default-hover": "var(--b-hover)",
  "--mantine-color-default-border": "var(--b-line)",
  "--mantine-color-default-color": "var(--b-ink)",
  "--mantine-color-anchor": "var(--b-fjord)",
  "--mantine-color-error": "var(--b-needs)",
  "--mantine-color-fjord-filled": "var(--b-fjord)",
  "--mantine-color-fjord-text": "var(--b-fjord)",
  "--mantine-color-fjord-light": "var(--b-fjord-soft)",
  "--mantine-color-fjord-light-color": "var(--b-fjord)",
  "--mantine-primary-color-contrast": "var(--b-on-fjord)",
};

export const variables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared });
