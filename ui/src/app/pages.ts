/** The pages that work, in the order of the navigation. Mapping, proof, settings and help get their line here when they exist. */
import { IconHistory, IconHome, IconListDetails, type IconProps, IconTool } from "@tabler/icons-react";
import type { ComponentType } from "react";
import { ActivityPage } from "../features/activity/ActivityPage";
import { FixesPage } from "../features/fixes/FixesPage";
import { OverviewPage } from "../features/overview/OverviewPage";
import { RecordsRoute } from "../features/records/RecordsRoute";

export interface PageEntry {
  path: string;
  title: "nav.overview" | "nav.fixes" | "nav.activity" | "nav.records";
  icon: ComponentType<IconProps>;
  component: ComponentType;
}

const OVERVIEW: PageEntry = { path: "overview", title: "nav.overview", icon: IconHome, component: OverviewPage };

export const PAGES: readonly PageEntry[] = [
  OVERVIEW,
  { path: "fixes", title: "nav.fixes", icon: IconTool, component: FixesPage },
  { path: "activity", title: "nav.activity", icon: IconHistory, component: ActivityPage },
  { path: "records", title: "nav.records", icon: IconListDetails, component: RecordsRoute },
];

/** The page of a route; the overview for an address that no page has. */
export function pageOf(path: string | undefined): PageEntry {
  return PAGES.find((page) => page.path === path) ?? OVERVIEW;
}
