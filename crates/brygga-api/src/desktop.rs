//! The desktop behind the window, where there is one: a browser host has none.

use std::sync::Arc;

use brygga_core::Problem;

use crate::api::{Api, error, wrong_use};
use crate::contract::{
    ApiError, DesktopAct, DesktopAction, DesktopChange, DesktopView, Nothing, ScheduleView,
};
use crate::pair::Pair;

/// What the shell can do for the window.
pub trait Desktop: Send + Sync {
    /// How it is set.
    fn view(&self) -> DesktopView;
    /// Sets it.
    fn put(&self, change: &DesktopChange) -> Result<(), Problem>;
    /// Does what an entry of the tray's menu does: it is the same function.
    fn act(&self, action: DesktopAction);
}

#[allow(
    clippy::unused_async,
    reason = "every command is awaited by the table, whether it waits for anything or not"
)]
impl Pair {
    /// Tells of the desktop. Once: a second one would be a mistake of the host, and the first stays.
    pub fn stand_on(&self, desktop: Arc<dyn Desktop>) {
        let _ = self.desktop.set(desktop);
    }

    pub(crate) async fn desktop(&self, _: Nothing) -> Result<Option<DesktopView>, ApiError> {
        Ok(self.desktop.get().map(|desktop| desktop.view()))
    }

    pub(crate) async fn put_desktop(&self, change: DesktopChange) -> Result<DesktopView, ApiError> {
        let desktop = self.own_desktop()?;
        desktop.put(&change).map_err(error)?;
        Ok(desktop.view())
    }

    pub(crate) async fn desktop_act(&self, act: DesktopAct) -> Result<Nothing, ApiError> {
        self.own_desktop()?.act(act.action);
        Ok(Nothing {})
    }

    fn own_desktop(&self) -> Result<&Arc<dyn Desktop>, ApiError> {
        self.desktop
            .get()
            .ok_or_else(|| wrong_use("This host has no desktop: the page is open in a browser."))
    }
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
