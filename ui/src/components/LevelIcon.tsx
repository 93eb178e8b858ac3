import { IconAlertTriangle, IconCircleCheck, IconClock, IconPointFilled, type IconProps } from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useIntl } from "react-intl";
import classes from "./LevelIcon.module.css";

const LEVELS: Record<string, { icon: ComponentType<IconProps>; word: "level.good" | "level.warn" | "level.bad" }> = {
  good: { icon: IconCircleCheck, word: "level.good" },
  warn: { icon: IconClock, word: "level.warn" },
  bad: { icon: IconAlertTriangle, word: "level.bad" },
};

/** How a line is meant; ordinary lines carry a quiet dot and no word. */
export function LevelIcon({ level, size = 16 }: { level: string; size?: number }) {
  const intl = useIntl();
  const known = LEVELS[level];
  if (known === undefined) return <IconPointFilled size={size} className={classes.icon} aria-hidden="true" />;
  const Icon = known.icon;
  return (
    <Icon
      size={size}
      className={classes.icon}
      data-level={level}
      role="img"
      aria-label={intl.formatMessage({ id: known.word })}
    />
  );
}
