import type { ReactNode } from "react";
import classes from "./DialogFoot.module.css";

/** The buttons of a dialog: they stay in sight while what is above them scrolls. */
export function DialogFoot({ children }: { children: ReactNode }) {
  return <div className={classes.foot}>{children}</div>;
}
