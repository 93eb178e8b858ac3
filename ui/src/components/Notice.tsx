import { IconAlertTriangle, IconCircleCheck, IconClock, IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./Notice.module.css";

const ICONS = { needs: IconAlertTriangle, proven: IconCircleCheck, waiting: IconClock, quiet: IconInfoCircle } as const;

interface NoticeProps {
  tone: keyof typeof ICONS;
  actions?: ReactNode;
  children: ReactNode;
}

/** A sentence that stands out, with its icon. */
export function Notice({ tone, actions, children }: NoticeProps) {
  const Icon = ICONS[tone];
  return (
    <div className={classes.notice} data-tone={tone}>
      <Icon size={20} aria-hidden="true" className={classes.icon} />
      <div className={classes.body}>{children}</div>
      {actions}
    </div>
  );
}
