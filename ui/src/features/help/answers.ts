/** The questions of a first week, with the page that each is about. The words are in the catalogues: `help.NAME.title`. */
import type { PageEntry } from "../../app/pages";

export interface Answer {
  name: string;
  page: { path: string; title: PageEntry["title"] };
}

const page = (path: string, title: PageEntry["title"]) => ({ path, title });
const FIXES = page("fixes", "nav.fixes");
const SETTINGS = page("settings", "nav.settings");
const PROOF = page("proof", "nav.proof");

export const ANSWERS: readonly Answer[] = [
  { name: "first", page: page("overview", "nav.overview") },
  { name: "held", page: FIXES },
  { name: "waiting", page: page("records", "nav.records") },
  { name: "vat", page: FIXES },
  { name: "twice", page: PROOF },
  { name: "off", page: page("activity", "nav.activity") },
  { name: "often", page: SETTINGS },
  { name: "by_hand", page: FIXES },
  { name: "offline", page: page("overview", "nav.overview") },
  { name: "shutdown", page: page("activity", "nav.activity") },
  { name: "pause", page: page("overview", "nav.overview") },
  { name: "tells", page: SETTINGS },
  { name: "change", page: SETTINGS },
  { name: "rounding", page: SETTINGS },
  { name: "refund", page: SETTINGS },
  { name: "stock", page: SETTINGS },
  { name: "proof", page: PROOF },
  { name: "customer", page: page("mapping", "nav.mapping") },
  { name: "skip", page: SETTINGS },
  { name: "data", page: SETTINGS },
  { name: "broken", page: SETTINGS },
  { name: "two", page: SETTINGS },
  { name: "accountant", page: PROOF },
];
