/** The pages, in the order of the navigation. */
import {
  IconArrowsLeftRight,
  IconEye,
  IconHelp,
  IconHistory,
  IconHome,
  IconListDetails,
  IconPlayerPlay,
  type IconProps,
  IconScale,
  IconSettings,
  IconTool,
} from "@tabler/icons-react";
import { type ComponentType, lazy } from "react";
import { OverviewPage } from "../features/overview/OverviewPage";

// The overview is what a start shows. The others are loaded when they are first opened.
const ActivityPage = lazy(async () => ({ default: (await import("../features/activity/ActivityPage")).ActivityPage }));
const FixesPage = lazy(async () => ({ default: (await import("../features/fixes/FixesPage")).FixesPage }));
const HelpPage = lazy(async () => ({ default: (await import("../features/help/HelpPage")).HelpPage }));
const MappingPage = lazy(async () => ({ default: (await import("../features/mapping/MappingPage")).MappingPage }));
const PracticePage = lazy(async () => ({ default: (await import("../features/practice/PracticePage")).PracticePage }));
const PreviewPage = lazy(async () => ({ default: (await import("../features/preview/PreviewPage")).PreviewPage }));
const ProofPage = lazy(async () => ({ default: (await import("../features/proof/ProofPage")).ProofPage }));
const RecordsRoute = lazy(async () => ({ default: (await import("../features/records/RecordsRoute")).RecordsRoute }));
const SettingsPage = lazy(async () => ({ default: (await import("../features/settings/SettingsPage")).SettingsPage }));

export interface PageEntry {
  path: string;
  title:
    | "nav.overview"
    | "nav.preview"
    | "nav.fixes"
    | "nav.activity"
    | "nav.records"
    | "nav.mapping"
    | "nav.proof"
    | "nav.practice"
    | "nav.settings"
    | "nav.help";
  icon: ComponentType<IconProps>;
  component: ComponentType;
}

const OVERVIEW: PageEntry = { path: "overview", title: "nav.overview", icon: IconHome, component: OverviewPage };

export const PAGES: readonly PageEntry[] = [
  OVERVIEW,
  { path: "preview", title: "nav.preview", icon: IconEye, component: PreviewPage },
  { path: "fixes", title: "nav.fixes", icon: IconTool, component: FixesPage },
  { path: "activity", title: "nav.activity", icon: IconHistory, component: ActivityPage },
  { path: "records", title: "nav.records", icon: IconListDetails, component: RecordsRoute },
  { path: "mapping", title: "nav.mapping", icon: IconArrowsLeftRight, component: MappingPage },
  { path: "proof", title: "nav.proof", icon: IconScale, component: ProofPage },
  { path: "settings", title: "nav.settings", icon: IconSettings, component: SettingsPage },
  { path: "help", title: "nav.help", icon: IconHelp, component: HelpPage },
];

/** Only where one practises. */
const PRACTICE: PageEntry = {
  path: "practice",
  title: "nav.practice",
  icon: IconPlayerPlay,
  component: PracticePage,
};

/** The pages of a pair. */
export function pagesOf(practice: boolean): readonly PageEntry[] {
  return practice ? [OVERVIEW, PRACTICE, ...PAGES.slice(1)] : PAGES;
}

/** The page of a route; the overview for an address that no page has. */
export function pageOf(path: string | undefined): PageEntry {
  return pagesOf(true).find((page) => page.path === path) ?? OVERVIEW;
}
