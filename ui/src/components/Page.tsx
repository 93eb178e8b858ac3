import type { ReactNode } from "react";
import classes from "./Page.module.css";

interface PageProps {
  title: ReactNode;
  /** One sentence that says what this page tells. */
  lead?: ReactNode;
  /** Above the title: the way back. */
  back?: ReactNode;
  actions?: ReactNode;
  /** The content scrolls by itself, as a table does, instead of the whole page. */
  fixed?: boolean;
  children: ReactNode;
}

/** The frame of every page: title, one sentence, actions at the right, content. */
export function Page({ title, lead, back, actions, fixed = false, children }: PageProps) {
  return (
    <div className={classes.page} data-fixed={fixed || undefined}>
      <header className={classes.head}>
        <div className={classes.words}>
          {back}
          <h1 className={classes.title}>{title}</h1>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
