import "@mantine/core/styles.css";
import "../theme/tokens.css";
import { createRoot } from "react-dom/client";
import { chooseBackend } from "../backend/choose";
import { App } from "./App";
import { preferences } from "./preferences";

const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
const { theme } = preferences();
// Before the first paint, so that a dark window does not flash white.
document.documentElement.dataset.mantineColorScheme = theme === "auto" ? (dark ? "dark" : "light") : theme;

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
const backend = await chooseBackend();
createRoot(root).render(<App backend={backend} />);
