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
import type { ComponentType } from "react";
import { ActivityPage } from "../features/activity/ActivityPage";
import { FixesPage } from "../features/fixes/FixesPage";
import { HelpPage } from "../features/help/HelpPage";
import { MappingPage } from "../features/mapping/MappingPage";
import { OverviewPage } from "../features/overview/OverviewPage";
import { PracticePage } from "../features/practice/PracticePage";
import { PreviewPage } from "../features/preview/PreviewPage";
import { ProofPage } from "../features/proof/ProofPage";
import { RecordsRoute } from "../features/records/RecordsRoute";
import { SettingsPage } from "../features/settings/SettingsPage";

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
