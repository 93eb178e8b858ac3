import "../theme/mantine.css";
import "../theme/tokens.css";
import { createRoot } from "react-dom/client";
import { chooseBackend } from "../backend/choose";
import { loadCatalogue } from "../i18n/languages";
import { App } from "./App";
import { preferences } from "./preferences";

/** When the page was last read anew because a part of it was missing; a part that stays missing is an error like any other. */
const RELOADED = "brygga.reloaded";

const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
const { theme, language } = preferences();
// Before the first paint, so that a dark window does not flash white.
document.documentElement.dataset.mantineColorScheme = theme === "auto" ? (dark ? "dark" : "light") : theme;

// On their way while the rest of the start goes on.
void loadCatalogue(language);

// In a browser, an older page may be open when the program is exchanged: its parts are no longer there, those of the new page are.
window.addEventListener("vite:preloadError", () => {
  const last = Number(window.sessionStorage.getItem(RELOADED));
  if (Date.now() - last < 10_000) return;
  window.sessionStorage.setItem(RELOADED, String(Date.now()));
  window.location.reload();
});

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
const backend = await chooseBackend();
createRoot(root).render(<App backend={backend} />);
