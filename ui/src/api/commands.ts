/**
 * Every command of the contract: name, request, answer. The table is `with_commands!` in
 * `crates/brygga-api/src/contract.rs`; `commands.test.ts` compares the two.
 */
import type { ActivityPage } from "./generated/ActivityPage";
import type { ActivityQuery } from "./generated/ActivityQuery";
import type { AlreadyChoice } from "./generated/AlreadyChoice";
import type { AlreadyView } from "./generated/AlreadyView";
import type { AppInfo } from "./generated/AppInfo";
import type { BinaryFile } from "./generated/BinaryFile";
import type { DesktopAct } from "./generated/DesktopAct";
import type { DesktopChange } from "./generated/DesktopChange";
import type { DesktopView } from "./generated/DesktopView";
import type { HeldGroup } from "./generated/HeldGroup";
import type { MappingChange } from "./generated/MappingChange";
import type { MappingPreview } from "./generated/MappingPreview";
import type { MappingView } from "./generated/MappingView";
import type { Nothing } from "./generated/Nothing";
import type { Overview } from "./generated/Overview";
import type { PreviewApproval } from "./generated/PreviewApproval";
import type { PreviewItem } from "./generated/PreviewItem";
import type { PreviewPage } from "./generated/PreviewPage";
import type { PreviewQuery } from "./generated/PreviewQuery";
import type { PreviewView } from "./generated/PreviewView";
import type { ProofView } from "./generated/ProofView";
import type { RecordKey } from "./generated/RecordKey";
import type { RecordsPage } from "./generated/RecordsPage";
import type { RecordsQuery } from "./generated/RecordsQuery";
import type { Retried } from "./generated/Retried";
import type { Retry } from "./generated/Retry";
import type { SampleView } from "./generated/SampleView";
import type { ScheduleView } from "./generated/ScheduleView";
import type { SettingsBack } from "./generated/SettingsBack";
import type { SettingsChange } from "./generated/SettingsChange";
import type { SettingsEntry } from "./generated/SettingsEntry";
import type { SettingsImport } from "./generated/SettingsImport";
import type { SettingsView } from "./generated/SettingsView";
import type { SetupCompany } from "./generated/SetupCompany";
import type { SetupGo } from "./generated/SetupGo";
import type { SetupRead } from "./generated/SetupRead";
import type { SetupShop } from "./generated/SetupShop";
import type { SetupView } from "./generated/SetupView";
import type { SignInAddress } from "./generated/SignInAddress";
import type { SignInStart } from "./generated/SignInStart";
import type { Started } from "./generated/Started";
import type { Story } from "./generated/Story";
import type { SyncNow } from "./generated/SyncNow";
import type { Table } from "./generated/Table";
import type { TextFile } from "./generated/TextFile";

export interface Commands {
  app_info: { request: Nothing; answer: AppInfo };
  setup: { request: Nothing; answer: SetupView };
  setup_go: { request: SetupGo; answer: SetupView };
  setup_shop: { request: SetupShop; answer: SetupView };
  setup_company: { request: SetupCompany; answer: SetupView };
  sign_in: { request: SignInStart; answer: SignInAddress };
  sign_in_cancel: { request: Nothing; answer: SetupView };
  setup_read: { request: Nothing; answer: SetupRead };
  sample: { request: RecordKey; answer: SampleView };
  sample_send: { request: RecordKey; answer: SampleView };
  setup_start: { request: Nothing; answer: SetupView };
  overview: { request: Nothing; answer: Overview };
  sync_now: { request: SyncNow; answer: Started };
  sync_stop: { request: Nothing; answer: Nothing };
  activity: { request: ActivityQuery; answer: ActivityPage };
  spreadsheet: { request: Table; answer: BinaryFile };
  held: { request: Nothing; answer: HeldGroup[] };
  records: { request: RecordsQuery; answer: RecordsPage };
  story: { request: RecordKey; answer: Story };
  retry: { request: Retry; answer: Retried };
  settings: { request: Nothing; answer: SettingsView };
  put_settings: { request: SettingsChange; answer: SettingsView };
  settings_history: { request: Nothing; answer: SettingsEntry[] };
  settings_back: { request: SettingsBack; answer: SettingsView };
  export_settings: { request: Nothing; answer: TextFile };
  import_settings: { request: SettingsImport; answer: SettingsView };
  mapping: { request: Nothing; answer: MappingView };
  mapping_preview: { request: MappingChange; answer: MappingPreview };
  put_mapping: { request: MappingChange; answer: MappingView };
  preview: { request: Nothing; answer: PreviewView };
  preview_start: { request: Nothing; answer: PreviewView };
  preview_rows: { request: PreviewQuery; answer: PreviewPage };
  preview_item: { request: RecordKey; answer: PreviewItem };
  preview_send: { request: PreviewApproval; answer: PreviewView };
  already: { request: Nothing; answer: AlreadyView };
  already_find: { request: Nothing; answer: AlreadyView };
  already_choose: { request: AlreadyChoice; answer: AlreadyView };
  proof: { request: Nothing; answer: ProofView };
  prove: { request: Nothing; answer: ProofView };
  pause: { request: Nothing; answer: ScheduleView };
  resume: { request: Nothing; answer: ScheduleView };
  desktop: { request: Nothing; answer: DesktopView | null };
  put_desktop: { request: DesktopChange; answer: DesktopView };
  desktop_act: { request: DesktopAct; answer: Nothing };
}

export type CommandName = keyof Commands;

/** The names at run time, for hosts and tests. */
export const COMMAND_NAMES: readonly CommandName[] = [
  "app_info",
  "setup",
  "setup_go",
  "setup_shop",
  "setup_company",
  "sign_in",
  "sign_in_cancel",
  "setup_read",
  "sample",
  "sample_send",
  "setup_start",
  "overview",
  "sync_now",
  "sync_stop",
  "activity",
  "spreadsheet",
  "held",
  "records",
  "story",
  "retry",
  "settings",
  "put_settings",
  "settings_history",
  "settings_back",
  "export_settings",
  "import_settings",
  "mapping",
  "mapping_preview",
  "put_mapping",
  "preview",
  "preview_start",
  "preview_rows",
  "preview_item",
  "preview_send",
  "already",
  "already_find",
  "already_choose",
  "proof",
  "prove",
  "pause",
  "resume",
  "desktop",
  "put_desktop",
  "desktop_act",
];
