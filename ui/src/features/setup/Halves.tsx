import type { ReactNode } from "react";
import classes from "./Setup.module.css";

interface HalvesProps {
  title: ReactNode;
  lead: ReactNode;
  /** What to do there. */
  guide: ReactNode;
  /** Fields and test. */
  children: ReactNode;
  foot: ReactNode;
}

/** A step with what to do there at the left, and the fields and the test at the right. */
export function Halves({ title, lead, guide, children, foot }: HalvesProps) {
  return (
    <>
      <Heading title={title} lead={lead} />
      <div className={classes.halves}>
        <section className={classes.guide}>{guide}</section>
        <section className={classes.fields}>{children}</section>
      </div>
      {foot}
    </>
  );
}

/** The question of a step. It takes the focus when the step opens, so that it is read out. */
export function Heading({ title, lead }: { title: ReactNode; lead: ReactNode }) {
  return (
    <header className={classes.head}>
      <h1 className={classes.title} tabIndex={-1}>
        {title}
      </h1>
      <p className={classes.lead}>{lead}</p>
    </header>
  );
}
