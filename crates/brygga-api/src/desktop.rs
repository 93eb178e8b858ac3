//! The desktop behind the window, where there is one: a browser host has none.

use std::path::PathBuf;

use brygga_core::Problem;

use crate::api::{Api, error};
use crate::contract::{ApiError, DesktopAction, DesktopChange, DesktopView, Nothing, ScheduleView};

/// What the shell can do for the window.
pub trait Desktop: Send + Sync {
    /// How it is set.
    fn view(&self) -> DesktopView;
    /// Sets it.
    fn put(&self, change: &DesktopChange) -> Result<(), Problem>;
    /// Does what an entry of the tray's menu does: it is the same function.
    fn act(&self, action: DesktopAction);
    /// Saves a file among the user's downloads, beside what is there, and says where.
    fn save(&self, name: &str, content: &[u8]) -> Result<PathBuf, Problem>;
}

#[allow(
    clippy::unused_async,
    reason = "every command is awaited by the table, whether it waits for anything or not"
)]
impl Api {
    pub(crate) async fn pause(&self, _: Nothing) -> Result<ScheduleView, ApiError> {
        self.set_paused(true).map_err(error)?;
        self.schedule().map_err(error)
    }

    pub(crate) async fn resume(&self, _: Nothing) -> Result<ScheduleView, ApiError> {
        self.set_paused(false).map_err(error)?;
        self.schedule().map_err(error)
    }
}
