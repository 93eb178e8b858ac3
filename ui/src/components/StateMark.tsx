import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconClock,
  type IconProps,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { FormattedMessage } from "react-intl";
import type { State } from "../api/generated/State";
import classes from "./StateMark.module.css";

const ICONS: Record<State, ComponentType<IconProps>> = {
  new: IconCircleDashed,
  booked: IconCircleCheck,
  waiting: IconClock,
  skipped: IconCircleMinus,
  held: IconAlertTriangle,
};

/** A state as icon, word and colour: none of them alone. */
export function StateMark({ state }: { state: State }) {
  return (
    <span className={classes.mark} data-state={state}>
      <StateIcon state={state} />
      <FormattedMessage id={`state.${state}`} />
    </span>
  );
}

export function StateIcon({ state, size = 16 }: { state: State; size?: number }) {
  const Icon = ICONS[state];
  return <Icon size={size} stroke={2} aria-hidden="true" />;
}
