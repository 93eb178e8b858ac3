//! Running by itself, and the desktop that the window lives on.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What starts by itself, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ScheduleView {
    /// Since when nothing starts by itself, ISO 8601; none while runs do.
    pub paused: Option<String>,
    /// When the next run starts by itself, ISO 8601; none while paused, or where everything is run by hand.
    pub next_run: Option<String>,
}

/// The program's place on this computer's desktop. None of it belongs to a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct DesktopView {
    /// It starts with the computer, hidden; none where it never does: the practice program.
    pub autostart: Option<bool>,
    /// Closing the window leaves it running.
    pub close_to_tray: bool,
    /// It tells when a person is needed.
    pub notifications: bool,
    /// There is a tray: without one, closing the window ends the program.
    pub tray: bool,
    /// Language of the tray and of what it tells: `en`, `nb`, `sv`, `da` or `fi`.
    pub language: String,
}

/// Changes what is named; the rest stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(default, deny_unknown_fields)]
pub struct DesktopChange {
    /// Start with the computer.
    pub autostart: Option<bool>,
    /// Keep running when the window is closed.
    pub close_to_tray: Option<bool>,
    /// Tell when a person is needed.
    pub notifications: Option<bool>,
    /// Language of the tray.
    pub language: Option<String>,
}

/// What the tray's menu, and the window's frame, do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "snake_case")]
pub enum DesktopAction {
    /// Opens the window, or brings it to the front.
    Open,
    /// What the window's close button does: it is hidden, or the program ends, as is chosen.
    Close,
    /// Syncs now.
    Sync,
    /// Nothing starts by itself any more.
    Pause,
    /// Runs start by themselves again.
    Resume,
    /// Ends the program, after the record in hand.
    Quit,
}

/// Does what the tray's menu or the window's frame would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct DesktopAct {
    /// Which.
    pub action: DesktopAction,
}

/// A file for the merchant's downloads: an export, a proof, the support file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(deny_unknown_fields)]
pub struct FileToSave {
    /// Its name: `brygga-`, then letters, digits, dots and hyphens.
    pub name: String,
    /// What is in it, in base64.
    pub base64: String,
}

/// Where a file was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SavedFile {
    /// The whole path.
    pub path: String,
}
