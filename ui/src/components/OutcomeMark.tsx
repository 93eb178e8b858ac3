import type { State } from "../api/generated/State";
import { useWords } from "../i18n/useWords";
import classes from "./OutcomeMark.module.css";
import { StateIcon } from "./StateMark";

const STATES: Record<string, State> = { pass: "booked", held: "held", waiting: "waiting", skipped: "skipped" };

/** Where a record would stand after a change, as icon and word. */
export function OutcomeMark({ outcome }: { outcome: string }) {
  const words = useWords();
  return (
    <span className={classes.mark}>
      <StateIcon state={STATES[outcome] ?? "new"} />
      {words.find(`mapping.then.${outcome}`) ?? outcome}
    </span>
  );
}
