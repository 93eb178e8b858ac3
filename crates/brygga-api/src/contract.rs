//! Commands, events and their data, as the UI sees them. Plain data in the user's words; no secret crosses it but the recovery key, which a
//! person asks to see and write down.
//!
//! A type here is a promise to the UI: TypeScript is generated from it (`cargo xtask codegen`).

mod already;
mod background;
mod fixes;
mod keeping;
mod mapping;
mod overview;
mod pairs;
mod preview;
mod proof;
mod retry;
mod settings;
mod setup;
mod table;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use already::{
    AlreadyChoice, AlreadyCount, AlreadyDocument, AlreadyFate, AlreadyFit, AlreadyForAll,
    AlreadyKind, AlreadyLine, AlreadyPage, AlreadyPick, AlreadyQuery, AlreadyView,
};
pub use background::{
    DesktopAct, DesktopAction, DesktopChange, DesktopView, FileToSave, SavedFile, ScheduleView,
};
pub use fixes::{
    Cause, Fix, FixChoice, FixPreview, FixRow, FixUndo, Fixed, FoundCustomer, Remedy, RemedyChoice,
    RemedyField, RemedyKind, ShopPage, WhichCustomer,
};
pub use keeping::{
    BackupKind, BackupName, BackupView, Erased, KeptView, PeopleQuery, PersonKey, PersonView,
    RecoveryKeyView, RemovedView,
};
pub use mapping::{
    BookedPreview, MappingChange, MappingColumn, MappingEdit, MappingPreview, MappingRow,
    MappingTable, MappingView, PreviewDiffering, PreviewRow, Suggestion,
};
pub use overview::{AwayRow, AwaySince, Counts, DayCount, FlowRow, Health, Overview, Proven};
pub use pairs::{
    CopyChoice, PairAway, PairEvent, PairKey, PairLine, PairPutAway, PairRename, PairRestore,
    PairRestored, PairState, PairsView, Play, PlayedOrder, PracticePlay, PracticePlayed,
};
pub use preview::{
    PreviewApproval, PreviewBack, PreviewChanged, PreviewChoice, PreviewCount, PreviewDocumentLine,
    PreviewFact, PreviewFailure, PreviewFollows, PreviewItem, PreviewLine, PreviewPage,
    PreviewPosting, PreviewQuery, PreviewSent, PreviewView,
};
pub use proof::{
    ProofClass, ProofDay, ProofDifference, ProofPeriod, ProofProgress, ProofResult, ProofStock,
    ProofVat, ProofView,
};
pub use retry::{Attempt, Retried, Retry, Tried};
pub use settings::{
    ChangedPlace, ChangedValue, Choice, Control, ImportOrders, ImportPreview, SettingField,
    SettingSection, SettingValue, SettingsBack, SettingsChange, SettingsEntry, SettingsGoneBack,
    SettingsImport, SettingsView, ShownWhen, TextFile,
};
pub use setup::{
    CompanyFound, CompanySetup, ModeLine, PermissionLine, PracticeHints, SampleDocument, SampleVat,
    SampleView, SetupCheck, SetupCompany, SetupForget, SetupGo, SetupRead, SetupShop, SetupStep,
    SetupView, ShopFound, ShopSetup, SignInAddress, SignInSetup, SignInStart,
};

pub use table::{BinaryFile, Table};

/// Why a command failed: a stable code and its parameters; the UI puts it into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ApiError {
    /// Stable code, such as `store-disk-full`. See `docs/errors.md`.
    pub code: String,
    /// Names and amounts in it.
    pub params: BTreeMap<String, String>,
}

/// A code with parameters on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Reason {
    /// Stable code.
    pub code: String,
    /// Names and amounts in it.
    pub params: BTreeMap<String, String>,
}

/// An amount: exact decimal text and ISO currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Amount {
    /// Decimal text, such as `1199.95`.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Seen, not decided yet.
    New,
    /// In Visma.net and proven.
    Booked,
    /// Not due; picked up by itself.
    Waiting,
    /// Left out, with a reason.
    Skipped,
    /// Needs a person.
    Held,
}

/// What the program is and where it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AppInfo {
    /// Version of the program.
    pub version: String,
    /// Runs on the practice pair.
    pub practice: bool,
    /// The pair is set up; else the wizard is where one begins.
    pub set_up: bool,
    /// The shop's name.
    pub shop: String,
    /// The shop's domain.
    pub shop_domain: String,
    /// The company in Visma.net, if it is known.
    pub company: String,
    /// The shop's time zone, IANA name: dates are shown in it.
    pub time_zone: String,
    /// The moment, ISO 8601 (the practice pair has its own clock).
    pub now: String,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RunProgress {
    /// Id of the run.
    pub run: String,
    /// `reading`, `resolving`, `previewing`, `sending`, `proving`.
    pub phase: String,
    /// Records done in the phase.
    pub done: u32,
    /// Records to do in the phase, if known.
    pub total: Option<u32>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RunSummary {
    /// Id of the run.
    pub run: String,
    /// ISO 8601.
    pub started: String,
    /// ISO 8601.
    pub ended: String,
    /// Records read.
    pub read: u32,
    /// Documents made or changed.
    pub written: u32,
    /// Why it stopped early, if it did.
    pub failure: Option<Reason>,
}

/// One line of the activity log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ActivityRow {
    /// Grows with time.
    #[ts(type = "number")]
    pub id: i64,
    /// ISO 8601.
    pub at: String,
    /// `info`, `good`, `warn`, `bad`.
    pub level: String,
    /// Stable event name, such as `order-booked`; the UI puts it into words with `params`.
    pub event: String,
    /// Kind of record: `order`, `customer`.
    pub kind: Option<String>,
    /// Id of the record.
    pub id_of_record: Option<String>,
    /// Name of the record for people, such as `#1042`.
    pub name: Option<String>,
    /// Names and amounts in it; `code` is a stable code.
    pub params: BTreeMap<String, String>,
}

/// Asks for a piece of the activity log, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct ActivityQuery {
    /// Order number or other text to look for.
    pub search: Option<String>,
    /// Only about records of this kind, such as `invoice`.
    pub kind: Option<String>,
    /// Only what somebody should look at.
    pub serious: bool,
    /// From this day on, `YYYY-MM-DD` in the shop's time zone.
    pub from: Option<String>,
    /// Up to and with this day.
    pub to: Option<String>,
    /// Only rows older than this id: [`ActivityPage::older`] of the piece before.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
    /// At most so many, 1 to 500.
    pub limit: u32,
}

/// A piece of the activity log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ActivityPage {
    /// Rows, newest first. The first piece of a search has those of records that are named so, too, whatever their age; a later one
    /// can have them again.
    pub rows: Vec<ActivityRow>,
    /// Where it goes on; none where nothing older is left.
    #[ts(type = "number | null")]
    pub older: Option<i64>,
    /// Down to which moment a search has looked, ISO 8601, where older rows are left.
    pub looked_to: Option<String>,
}

/// How long the activity log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ActivityCount {
    /// Rows that a query would give, if it were asked until there is no more.
    pub count: u32,
}

/// Records held for the same cause. A customer stands with the orders that are held for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct HeldGroup {
    /// Kind of its records, as in [`RecordLine::kind`]; `order` where customers stand with their orders.
    pub kind: String,
    /// The cause.
    pub reason: Reason,
    /// How many records.
    pub count: u32,
    /// Their money, per currency.
    pub money: Vec<Amount>,
    /// The records, at most 200 of a kind.
    pub records: Vec<RecordLine>,
    /// How it is repaired.
    pub remedy: RemedyKind,
}

/// One record in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecordLine {
    /// `order`, `customer`, `invoice`, `credit_note`, `payment`, `payout`, `product` or `stock`.
    pub kind: String,
    /// Numeric Shopify id.
    pub id: String,
    /// Name for people, such as `#1042`.
    pub name: String,
    /// Customer's name.
    pub party: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Why, for waiting, skipped and held.
    pub reason: Option<Reason>,
    /// Total with VAT.
    pub amount: Option<Amount>,
    /// Number in Visma.net, such as `SO 000223`.
    pub erp_number: Option<String>,
    /// When it happened in the shop, ISO 8601.
    pub happened: Option<String>,
    /// Last change of its state, ISO 8601.
    pub changed: String,
}

/// Asks for a piece of the record list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct RecordsQuery {
    /// As in [`RecordLine::kind`].
    pub kind: String,
    /// Order number, name, or number in Visma.net.
    pub search: Option<String>,
    /// Only this state.
    pub state: Option<State>,
    /// Rows to leave out at the front.
    pub offset: u32,
    /// At most so many, 1 to 500.
    pub limit: u32,
}

/// A piece of the record list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecordsPage {
    /// Rows.
    pub rows: Vec<RecordLine>,
    /// How many there are in all.
    pub total: u32,
    /// Names of people were looked for in so many of the newest records only; none if in all.
    pub names_in_newest: Option<u32>,
}

/// Names one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct RecordKey {
    /// As in [`RecordLine::kind`].
    pub kind: String,
    /// Numeric Shopify id.
    pub id: String,
}

/// One fact on both sides, for a record's story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Fact {
    /// Stable name: `number`, `date`, `customer`, `currency`, `total`, `vat`, `status`, `vat-25`.
    pub name: String,
    /// In Shopify.
    pub shopify: Option<String>,
    /// In Visma.net.
    pub visma: Option<String>,
    /// Do they agree; `None` when there is nothing to compare.
    pub agrees: Option<bool>,
}

/// One line of the planned document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PlanLine {
    /// Which part of the order: `line/123`, `shipping/1`, `rounding`.
    pub part: String,
    /// Item in Visma.net; empty where the line is on an account alone.
    pub item: String,
    /// Account, where the line names one: else it is the item's own.
    pub account: Option<String>,
    /// Unit of measure, where the line names one.
    pub unit: Option<String>,
    /// Warehouse, where the line names one.
    pub warehouse: Option<String>,
    /// Text.
    pub description: String,
    /// Units.
    pub quantity: String,
    /// Net price of one.
    pub unit_price: String,
    /// Discount, net.
    pub discount: String,
    /// Net.
    pub net: String,
    /// VAT category.
    pub vat_category: String,
    /// Per cent.
    pub vat_percent: String,
    /// The rule that made it, such as `product-by-sku`.
    pub rule: String,
}

/// One step of a record's story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StoryStep {
    /// ISO 8601.
    pub at: String,
    /// `seen`, `planned`, `sent`, `answered`, `looked-up`, `read-back`, `proven`, `held`, `waiting`, `skipped`, ...: an activity event or a journal step.
    pub event: String,
    /// `info`, `good`, `warn`, `bad`.
    pub level: String,
    /// Names and amounts in it.
    pub params: BTreeMap<String, String>,
    /// The request and its answer, redacted, if the step was one.
    pub exchange: Option<Exchange>,
}

/// One request and its answer, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Exchange {
    /// `shopify` or `visma`.
    pub remote: String,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Status, if an answer came.
    pub status: Option<u16>,
    /// Request body.
    pub request: Option<String>,
    /// Answer body.
    pub answer: Option<String>,
    /// Milliseconds.
    pub millis: u32,
}

/// One record's story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Story {
    /// The record.
    pub record: RecordLine,
    /// The same facts on both sides.
    pub facts: Vec<Fact>,
    /// The document as planned or as booked.
    pub plan: Vec<PlanLine>,
    /// The order that it is part of, if it is.
    pub order: Option<RecordLine>,
    /// Invoices, credit notes and payments of the order, the record itself among them.
    pub parts: Vec<RecordLine>,
    /// What happened, oldest first.
    pub steps: Vec<StoryStep>,
    /// The order in Shopify's admin.
    pub shopify_url: Option<String>,
    /// The shop's own record as it was read last, without persons, for the curious (JSON text).
    pub payload: Option<String>,
}

/// Starts a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct SyncNow {
    /// Only this flow, as in [`FlowRow::flow`]. Orders, customers, invoices, credit notes and payments run together.
    pub flow: Option<String>,
}

/// A run was started, or one was under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Started {
    /// Id of the run.
    pub run: String,
    /// It was under way before.
    pub already: bool,
}

/// Nothing: for commands without a request or an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// What the host tells the UI without being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case", tag = "event", content = "data")]
pub enum Event {
    /// New lines in the activity log.
    Activity(Vec<ActivityRow>),
    /// How far the run is.
    Progress(RunProgress),
    /// The run ended.
    Finished(RunSummary),
    /// Records changed: lists and counts should be read again.
    RecordsChanged(Nothing),
    /// The set-up is another: it should be read again.
    SetupChanged(Nothing),
    /// It was paused, or goes on.
    Schedule(ScheduleView),
    /// How far the proof is; when it no longer runs, its result can be read.
    Proof(ProofProgress),
    /// Pairs came, went or got another name: their list should be read again.
    PairsChanged(Nothing),
    /// The preview is another, or no longer under way: it should be read again.
    Preview(Nothing),
}

/// The commands that are there before anything is connected: name, request, answer. Hosts and the generated TypeScript are made from
/// this table and the next two.
#[macro_export]
macro_rules! with_setup_commands {
    ($callback:ident) => {
        $callback! {
            app_info(Nothing) -> AppInfo;
            setup(Nothing) -> SetupView;
            setup_go(SetupGo) -> SetupView;
            setup_shop(SetupShop) -> SetupView;
            setup_company(SetupCompany) -> SetupView;
            setup_check(SetupCheck) -> SetupView;
            setup_forget(SetupForget) -> SetupView;
            sign_in(SignInStart) -> SignInAddress;
            sign_in_cancel(Nothing) -> SetupView;
            setup_read(Nothing) -> SetupRead;
            sample(RecordKey) -> SampleView;
            sample_send(RecordKey) -> SampleView;
            setup_start(Nothing) -> SetupView;
            practice_play(PracticePlay) -> PracticePlayed;
            support_file(Nothing) -> TextFile;
            recovery_key(Nothing) -> RecoveryKeyView;
        }
    };
}

/// The commands that are of no pair: the list of pairs, and the desktop.
#[macro_export]
macro_rules! with_program_commands {
    ($callback:ident) => {
        $callback! {
            pairs(Nothing) -> PairsView;
            pair_add(Nothing) -> PairsView;
            pair_show(PairKey) -> PairsView;
            pair_rename(PairRename) -> PairsView;
            pair_put_away(PairPutAway) -> PairAway;
            pair_copies(PairKey) -> Vec<BackupView>;
            pair_restore(PairRestore) -> PairRestored;
            desktop(Nothing) -> Option<DesktopView>;
            put_desktop(DesktopChange) -> DesktopView;
            desktop_act(DesktopAct) -> Nothing;
            save_file(FileToSave) -> SavedFile;
        }
    };
}

/// The commands of a pair that is connected.
#[macro_export]
macro_rules! with_commands {
    ($callback:ident) => {
        $callback! {
            overview(Nothing) -> Overview;
            away(AwaySince) -> Vec<AwayRow>;
            sync_now(SyncNow) -> Started;
            sync_stop(Nothing) -> Nothing;
            activity(ActivityQuery) -> ActivityPage;
            activity_count(ActivityQuery) -> ActivityCount;
            spreadsheet(Table) -> BinaryFile;
            held(Nothing) -> Vec<HeldGroup>;
            records(RecordsQuery) -> RecordsPage;
            story(RecordKey) -> Story;
            retry(Retry) -> Retried;
            tried(Attempt) -> Tried;
            remedy(Cause) -> Remedy;
            fix_preview(Fix) -> FixPreview;
            fix(Fix) -> Fixed;
            fix_undo(FixUndo) -> SettingsView;
            settings(Nothing) -> SettingsView;
            put_settings(SettingsChange) -> SettingsView;
            settings_history(Nothing) -> Vec<SettingsEntry>;
            settings_back(SettingsBack) -> SettingsGoneBack;
            export_settings(Nothing) -> TextFile;
            import_preview(SettingsImport) -> ImportPreview;
            import_settings(SettingsImport) -> SettingsView;
            mapping(Nothing) -> MappingView;
            mapping_preview(MappingChange) -> MappingPreview;
            put_mapping(MappingChange) -> MappingView;
            people(PeopleQuery) -> Vec<PersonView>;
            erase_person(PersonKey) -> Erased;
            kept(Nothing) -> KeptView;
            back_up(Nothing) -> KeptView;
            restore(BackupName) -> KeptView;
            preview(Nothing) -> PreviewView;
            preview_start(Nothing) -> PreviewView;
            preview_rows(PreviewQuery) -> PreviewPage;
            preview_item(RecordKey) -> PreviewItem;
            preview_send(PreviewApproval) -> PreviewView;
            already(Nothing) -> AlreadyView;
            already_rows(AlreadyQuery) -> AlreadyPage;
            already_find(Nothing) -> AlreadyView;
            already_choose(AlreadyChoice) -> AlreadyView;
            already_choose_all(AlreadyForAll) -> AlreadyView;
            proof(Nothing) -> ProofView;
            prove(ProofPeriod) -> ProofView;
            prove_stop(Nothing) -> ProofView;
            pause(Nothing) -> ScheduleView;
            resume(Nothing) -> ScheduleView;
        }
    };
}
