import { Loader } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { FormattedMessage } from "react-intl";
import classes from "./Setup.module.css";

interface OutcomeProps {
  /** What it says, as a word: another one is news. */
  news: string;
  children: ReactNode;
}

/** What comes of a press of the button below which it stands. In a low window it would be out of sight: news scrolls into it. */
export function Outcome({ news, children }: OutcomeProps) {
  const here = useRef<HTMLDivElement>(null);
  const told = useRef(news);
  useEffect(() => {
    if (told.current === news) return;
    told.current = news;
    if (news !== "") here.current?.scrollIntoView({ block: "nearest" });
  }, [news]);
  return (
    <div ref={here} className={classes.outcome}>
      {children}
    </div>
  );
}

/** What is waited for. */
export function Testing({ what }: { what: string }) {
  return (
    <p className={classes.testing} role="status">
      <Loader size={16} aria-hidden="true" />
      <FormattedMessage id="setup.testing" values={{ what }} />
    </p>
  );
}
