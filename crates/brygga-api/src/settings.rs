//! The merchant's choices: shown by section, changed one by one, kept with their history.

mod fields;
mod history;
mod import;
#[cfg(test)]
mod reachable;
mod table;

use std::sync::PoisonError;

use brygga_core::erp::Catalogue;
use brygga_core::settings::Settings;
use brygga_core::{Code, Problem};
use brygga_engine::{SETTINGS, hand};
use brygga_store::SettingChange;
use serde_json::Value;

use crate::api::{Api, count, error, stored, time};
use crate::contract::{
    ApiError, Nothing, SettingField, SettingsBack, SettingsChange, SettingsEntry, SettingsGoneBack,
    SettingsView, TextFile,
};

pub(crate) use fields::{changed, is_country, sections};
pub(crate) use table::Source;

/// Where settings are changed here, for the history.
const WINDOW: &str = "window";
/// How far back the history is shown.
const ENTRIES: usize = 100;

#[allow(
    clippy::unused_async,
    reason = "every command is awaited by the table, whether it waits for anything or not"
)]
impl Api {
    pub(crate) async fn settings(&self, _: Nothing) -> Result<SettingsView, ApiError> {
        self.settings_view().await
    }

    pub(crate) async fn put_settings(
        &self,
        change: SettingsChange,
    ) -> Result<SettingsView, ApiError> {
        let (catalogue, known) = tokio::join!(self.engine.catalogue(), self.engine.known());
        let known = known.map_err(error)?;
        self.choose(change.revision, |settings| {
            changed(settings, &change.values, catalogue.ok().as_deref())?.named(settings, &known)
        })
        .map_err(error)?;
        self.settings_view().await
    }

    pub(crate) async fn settings_history(
        &self,
        _: Nothing,
    ) -> Result<Vec<SettingsEntry>, ApiError> {
        let changes = self
            .engine
            .store()
            .settings_history(Some(SETTINGS), ENTRIES)
            .map_err(stored)?;
        let unset = plain(&Settings::default()).map_err(error)?;
        Ok(changes
            .into_iter()
            .map(|change| {
                let before = change.before.as_ref().unwrap_or(&unset);
                let (changes, count) = history::between(before, &change.after);
                let (place, user) = hand::told(&change.who);
                SettingsEntry {
                    revision: change.rev,
                    at: time(change.at),
                    who: place.to_owned(),
                    user: user.map(str::to_owned),
                    changes,
                    count,
                }
            })
            .collect())
    }

    /// Puts the settings back, also while a sync is under way: whoever sees it book wrongly need not wait for its end.
    pub(crate) async fn settings_back(
        &self,
        back: SettingsBack,
    ) -> Result<SettingsGoneBack, ApiError> {
        // None begins meanwhile, and so nothing is made that is not counted.
        let still = self.engine.stand_still();
        let change = change_of(self, back.before).map_err(error)?;
        let at = change.at;
        back_to(self, back.revision, back.before).map_err(error)?;
        let made = self.engine.made_under(back.before, at).map_err(error)?;
        Ok(SettingsGoneBack {
            revision: self.engine.store().settings_rev().map_err(stored)?,
            made: count(made),
            running: still.is_none(),
        })
    }

    pub(crate) async fn export_settings(&self, _: Nothing) -> Result<TextFile, ApiError> {
        let settings = self.engine.settings().map_err(error)?;
        let text =
            serde_json::to_string_pretty(&*settings).map_err(|fault| error(unreadable(&fault)))?;
        let shop = self.engine.shop_info().await.map_err(error)?;
        let name = shop.domain.split('.').next().unwrap_or("shop").to_owned();
        Ok(TextFile {
            name: format!("brygga-{name}.json"),
            text: text + "\n",
        })
    }

    async fn settings_view(&self) -> Result<SettingsView, ApiError> {
        // Without Visma.net there is nothing to pick from, but everything else can still be chosen.
        let (catalogue, known) = tokio::join!(self.engine.catalogue(), self.engine.known());
        let settings = self.engine.settings().map_err(error)?;
        let known = known.map_err(error)?;
        Ok(SettingsView {
            revision: self.engine.store().settings_rev().map_err(stored)?,
            sections: sections(&settings, catalogue.ok().as_deref(), Some(&known))
                .map_err(error)?,
        })
    }

    /// Changes the settings that had `revision`, or says that they are others by now. The revision after it.
    pub(crate) fn choose(
        &self,
        revision: i64,
        change: impl FnOnce(&Settings) -> Result<Settings, Problem>,
    ) -> Result<i64, Problem> {
        let _alone = self.choosing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.engine.store().settings_rev()? != revision {
            return Err(Code::SettingsStale.into());
        }
        let settings = change(&*self.engine.settings()?)?;
        self.engine.put_settings(&settings, &hand::signed(WINDOW))?;
        let made = self.engine.store().settings_rev()?;
        self.watch.settings_changed();
        self.look_again();
        Ok(made)
    }
}

/// Puts the settings that have `revision` back to what they were before the change `before`.
pub(crate) fn back_to(api: &Api, revision: i64, before: i64) -> Result<(), Problem> {
    let before = change_of(api, before)?.before;
    api.choose(revision, |_| match before {
        Some(value) => typed(value),
        None => Ok(Settings::default()),
    })?;
    Ok(())
}

/// A change of the settings that is shown in their history.
fn change_of(api: &Api, revision: i64) -> Result<SettingChange, Problem> {
    api.engine
        .store()
        .settings_history(Some(SETTINGS), ENTRIES)?
        .into_iter()
        .find(|change| change.rev == revision)
        .ok_or_else(|| Code::SettingsStale.into())
}

/// Every choice of the table, whatever its section.
pub(crate) fn fields_of(
    settings: &Settings,
    catalogue: Option<&Catalogue>,
) -> Result<Vec<SettingField>, Problem> {
    let sections = sections(settings, catalogue, None)?;
    Ok(sections
        .into_iter()
        .flat_map(|section| section.fields)
        .collect())
}

/// The settings as their file has them.
fn plain(settings: &Settings) -> Result<Value, Problem> {
    serde_json::to_value(settings).map_err(|fault| unreadable(&fault))
}

fn typed(value: Value) -> Result<Settings, Problem> {
    serde_json::from_value(value).map_err(|fault| unreadable(&fault))
}

fn unreadable(fault: &serde_json::Error) -> Problem {
    Problem::new(Code::SettingsUnreadable).with("detail", fault)
}

pub(crate) fn refused(setting: &str, value: impl std::fmt::Display) -> Problem {
    Problem::new(Code::SettingRefused)
        .with("setting", setting)
        .with("value", value)
}

/// What Visma.net is set up with, where something is picked from it.
pub(crate) fn picks(catalogue: Option<&Catalogue>, source: Source) -> Vec<crate::contract::Choice> {
    catalogue.map_or_else(Vec::new, |catalogue| source.of(catalogue))
}
