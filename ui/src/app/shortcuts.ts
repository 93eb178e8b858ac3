/** The keys that work on every page: Ctrl/Cmd+K finds, F5 syncs, `/` filters. Escape closes what was opened last. */
import { useEffect, useState } from "react";
import { useRunning, useSyncNow } from "../api/queries";

export function useShortcuts(): { opened: boolean; close: () => void } {
  const [opened, setOpened] = useState(false);
  const { mutate: sync } = useSyncNow();
  const running = useRunning();

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setOpened((now) => !now);
      } else if (event.key === "F5" && !event.ctrlKey && !event.shiftKey) {
        event.preventDefault();
        if (!running) sync({ flow: null });
      } else if (event.key === "/" && !isTyping(event.target)) {
        const filter = document.querySelector<HTMLInputElement>("main [data-filter]");
        if (filter !== null) {
          event.preventDefault();
          filter.focus();
          filter.select();
        }
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [running, sync]);

  return { opened, close: () => setOpened(false) };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
