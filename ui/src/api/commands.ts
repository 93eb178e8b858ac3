/**
 * Every command of the contract: name, request, answer. The table is `with_commands!` in
 * `crates/brygga-api/src/contract.rs`; `commands.test.ts` compares the two.
 */
import type { ActivityCount } from "./generated/ActivityCount";
import type { ActivityPage } from "./generated/ActivityPage";
import type { ActivityQuery } from "./generated/ActivityQuery";
import type { AlreadyChoice } from "./generated/AlreadyChoice";
import type { AlreadyForAll } from "./generated/AlreadyForAll";
import type { AlreadyPage } from "./generated/AlreadyPage";
import type { AlreadyQuery } from "./generated/AlreadyQuery";
import type { AlreadyView } from "./generated/AlreadyView";
import type { AppInfo } from "./generated/AppInfo";
import type { Attempt } from "./generated/Attempt";
import type { AwayRow } from "./generated/AwayRow";
import type { AwaySince } from "./generated/AwaySince";
import type { BackupName } from "./generated/BackupName";
import type { BackupView } from "./generated/BackupView";
import type { BinaryFile } from "./generated/BinaryFile";
import type { Cause } from "./generated/Cause";
import type { DesktopAct } from "./generated/DesktopAct";
import type { DesktopChange } from "./generated/DesktopChange";
import type { DesktopView } from "./generated/DesktopView";
import type { Erased } from "./generated/Erased";
import type { FileToSave } from "./generated/FileToSave";
import type { Fix } from "./generated/Fix";
import type { Fixed } from "./generated/Fixed";
import type { FixPreview } from "./generated/FixPreview";
import type { FixUndo } from "./generated/FixUndo";
import type { HeldGroup } from "./generated/HeldGroup";
import type { ImportPreview } from "./generated/ImportPreview";
import type { KeptView } from "./generated/KeptView";
import type { MappingChange } from "./generated/MappingChange";
import type { MappingPreview } from "./generated/MappingPreview";
import type { MappingView } from "./generated/MappingView";
import type { Nothing } from "./generated/Nothing";
import type { Overview } from "./generated/Overview";
import type { PairAway } from "./generated/PairAway";
import type { PairKey } from "./generated/PairKey";
import type { PairPutAway } from "./generated/PairPutAway";
import type { PairRename } from "./generated/PairRename";
import type { PairRestore } from "./generated/PairRestore";
import type { PairRestored } from "./generated/PairRestored";
import type { PairsView } from "./generated/PairsView";
import type { PeopleQuery } from "./generated/PeopleQuery";
import type { PersonKey } from "./generated/PersonKey";
import type { PersonView } from "./generated/PersonView";
import type { PracticePlay } from "./generated/PracticePlay";
import type { PracticePlayed } from "./generated/PracticePlayed";
import type { PreviewApproval } from "./generated/PreviewApproval";
import type { PreviewItem } from "./generated/PreviewItem";
import type { PreviewPage } from "./generated/PreviewPage";
import type { PreviewQuery } from "./generated/PreviewQuery";
import type { PreviewView } from "./generated/PreviewView";
import type { ProofPeriod } from "./generated/ProofPeriod";
import type { ProofView } from "./generated/ProofView";
import type { RecordKey } from "./generated/RecordKey";
import type { RecordsPage } from "./generated/RecordsPage";
import type { RecordsQuery } from "./generated/RecordsQuery";
import type { RecoveryKeyView } from "./generated/RecoveryKeyView";
import type { Remedy } from "./generated/Remedy";
import type { Retried } from "./generated/Retried";
import type { Retry } from "./generated/Retry";
import type { SampleView } from "./generated/SampleView";
import type { SavedFile } from "./generated/SavedFile";
import type { ScheduleView } from "./generated/ScheduleView";
import type { SettingsBack } from "./generated/SettingsBack";
import type { SettingsChange } from "./generated/SettingsChange";
import type { SettingsEntry } from "./generated/SettingsEntry";
import type { SettingsGoneBack } from "./generated/SettingsGoneBack";
import type { SettingsImport } from "./generated/SettingsImport";
import type { SettingsView } from "./generated/SettingsView";
import type { SetupCheck } from "./generated/SetupCheck";
import type { SetupCompany } from "./generated/SetupCompany";
import type { SetupForget } from "./generated/SetupForget";
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
import type { Tried } from "./generated/Tried";

export interface Commands {
  app_info: { request: Nothing; answer: AppInfo };
  setup: { request: Nothing; answer: SetupView };
  setup_go: { request: SetupGo; answer: SetupView };
  setup_shop: { request: SetupShop; answer: SetupView };
  setup_company: { request: SetupCompany; answer: SetupView };
  setup_check: { request: SetupCheck; answer: SetupView };
  setup_forget: { request: SetupForget; answer: SetupView };
  sign_in: { request: SignInStart; answer: SignInAddress };
  sign_in_cancel: { request: Nothing; answer: SetupView };
  setup_read: { request: Nothing; answer: SetupRead };
  sample: { request: RecordKey; answer: SampleView };
  sample_send: { request: RecordKey; answer: SampleView };
  setup_start: { request: Nothing; answer: SetupView };
  practice_play: { request: PracticePlay; answer: PracticePlayed };
  support_file: { request: Nothing; answer: TextFile };
  recovery_key: { request: Nothing; answer: RecoveryKeyView };
  pairs: { request: Nothing; answer: PairsView };
  pair_add: { request: Nothing; answer: PairsView };
  pair_show: { request: PairKey; answer: PairsView };
  pair_rename: { request: PairRename; answer: PairsView };
  pair_put_away: { request: PairPutAway; answer: PairAway };
  pair_copies: { request: PairKey; answer: BackupView[] };
  pair_restore: { request: PairRestore; answer: PairRestored };
  overview: { request: Nothing; answer: Overview };
  away: { request: AwaySince; answer: AwayRow[] };
  sync_now: { request: SyncNow; answer: Started };
  sync_stop: { request: Nothing; answer: Nothing };
  activity: { request: ActivityQuery; answer: ActivityPage };
  activity_count: { request: ActivityQuery; answer: ActivityCount };
  spreadsheet: { request: Table; answer: BinaryFile };
  held: { request: Nothing; answer: HeldGroup[] };
  records: { request: RecordsQuery; answer: RecordsPage };
  story: { request: RecordKey; answer: Story };
  retry: { request: Retry; answer: Retried };
  tried: { request: Attempt; answer: Tried };
  remedy: { request: Cause; answer: Remedy };
  fix_preview: { request: Fix; answer: FixPreview };
  fix: { request: Fix; answer: Fixed };
  fix_undo: { request: FixUndo; answer: SettingsView };
  settings: { request: Nothing; answer: SettingsView };
  put_settings: { request: SettingsChange; answer: SettingsView };
  settings_history: { request: Nothing; answer: SettingsEntry[] };
  settings_back: { request: SettingsBack; answer: SettingsGoneBack };
  export_settings: { request: Nothing; answer: TextFile };
  import_preview: { request: SettingsImport; answer: ImportPreview };
  import_settings: { request: SettingsImport; answer: SettingsView };
  mapping: { request: Nothing; answer: MappingView };
  mapping_preview: { request: MappingChange; answer: MappingPreview };
  put_mapping: { request: MappingChange; answer: MappingView };
  people: { request: PeopleQuery; answer: PersonView[] };
  erase_person: { request: PersonKey; answer: Erased };
  kept: { request: Nothing; answer: KeptView };
  back_up: { request: Nothing; answer: KeptView };
  restore: { request: BackupName; answer: KeptView };
  preview: { request: Nothing; answer: PreviewView };
  preview_start: { request: Nothing; answer: PreviewView };
  preview_rows: { request: PreviewQuery; answer: PreviewPage };
  preview_item: { request: RecordKey; answer: PreviewItem };
  preview_send: { request: PreviewApproval; answer: PreviewView };
  already: { request: Nothing; answer: AlreadyView };
  already_rows: { request: AlreadyQuery; answer: AlreadyPage };
  already_find: { request: Nothing; answer: AlreadyView };
  already_choose: { request: AlreadyChoice; answer: AlreadyView };
  already_choose_all: { request: AlreadyForAll; answer: AlreadyView };
  proof: { request: Nothing; answer: ProofView };
  prove: { request: ProofPeriod; answer: ProofView };
  prove_stop: { request: Nothing; answer: ProofView };
  pause: { request: Nothing; answer: ScheduleView };
  resume: { request: Nothing; answer: ScheduleView };
  desktop: { request: Nothing; answer: DesktopView | null };
  put_desktop: { request: DesktopChange; answer: DesktopView };
  desktop_act: { request: DesktopAct; answer: Nothing };
  save_file: { request: FileToSave; answer: SavedFile };
}

export type CommandName = keyof Commands;

/** The names at run time, for hosts and tests. */
export const COMMAND_NAMES: readonly CommandName[] = [
  "app_info",
  "setup",
  "setup_go",
  "setup_shop",
  "setup_company",
  "setup_check",
  "setup_forget",
  "sign_in",
  "sign_in_cancel",
  "setup_read",
  "sample",
  "sample_send",
  "setup_start",
  "practice_play",
  "support_file",
  "recovery_key",
  "pairs",
  "pair_add",
  "pair_show",
  "pair_rename",
  "pair_put_away",
  "pair_copies",
  "pair_restore",
  "overview",
  "away",
  "sync_now",
  "sync_stop",
  "activity",
  "activity_count",
  "spreadsheet",
  "held",
  "records",
  "story",
  "retry",
  "tried",
  "remedy",
  "fix_preview",
  "fix",
  "fix_undo",
  "settings",
  "put_settings",
  "settings_history",
  "settings_back",
  "export_settings",
  "import_preview",
  "import_settings",
  "mapping",
  "mapping_preview",
  "put_mapping",
  "people",
  "erase_person",
  "kept",
  "back_up",
  "restore",
  "preview",
  "preview_start",
  "preview_rows",
  "preview_item",
  "preview_send",
  "already",
  "already_rows",
  "already_find",
  "already_choose",
  "already_choose_all",
  "proof",
  "prove",
  "prove_stop",
  "pause",
  "resume",
  "desktop",
  "put_desktop",
  "desktop_act",
  "save_file",
];
