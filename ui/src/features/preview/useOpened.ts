/** The row of a list that is open beside it, or in its place where the window is low. */
import { type KeyboardEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";

export function useOpened<Row>() {
  const [opened, setOpened] = useState<Row | null>(null);
  const both = useRef<HTMLDivElement>(null);
  /** Back to the list, where the arrows move. */
  const close = () => {
    // In a low window the list is seen again only then, and nothing that is not seen can have the focus.
    flushSync(() => setOpened(null));
    both.current?.querySelector<HTMLElement>("[role=grid]")?.focus({ preventScroll: true });
  };
  return {
    opened,
    /** Nothing is open where the list becomes another one. */
    open: setOpened,
    close,
    /** Of the element around both: it hears the key that closes, wherever the focus is in it. */
    around: {
      ref: both,
      "data-opened": opened !== null || undefined,
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === "Escape" && opened !== null) close();
      },
    },
  };
}
