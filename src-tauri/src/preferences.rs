//! What this computer's user chose for the desktop: of the computer, not of a pair, and no secrets. Kept by tauri-plugin-store.

use std::sync::{Arc, Mutex, PoisonError};

use brygga_api::contract::DesktopChange;
use brygga_core::{Code, Problem};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Wry};
use tauri_plugin_store::{Store, StoreExt as _};

use crate::words;

const FILE: &str = "desktop.json";
const KEY: &str = "desktop";

/// The choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Chosen {
    /// Closing the window leaves the program running.
    pub(crate) close_to_tray: bool,
    /// It tells when a person is needed.
    pub(crate) notifications: bool,
    /// Language of the tray; the page tells its own.
    pub(crate) language: String,
    /// It was said once what closing the window does.
    pub(crate) hinted: bool,
}

impl Default for Chosen {
    fn default() -> Self {
        let set = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
        let locale = set("LC_ALL")
            .or_else(|| set("LC_MESSAGES"))
            .or_else(|| set("LANG"));
        Self {
            close_to_tray: true,
            notifications: true,
            language: words::language_of(&locale.unwrap_or_default()).to_owned(),
            hinted: false,
        }
    }
}

impl Chosen {
    /// With what is named in `change`; `Err` with the setting that cannot be so.
    pub(crate) fn with(mut self, change: &DesktopChange) -> Result<Self, Problem> {
        if let Some(on) = change.close_to_tray {
            self.close_to_tray = on;
        }
        if let Some(on) = change.notifications {
            self.notifications = on;
        }
        if let Some(language) = &change.language {
            if !words::is_known(language) {
                return Err(Problem::new(Code::SettingRefused)
                    .with("setting", "language")
                    .with("value", language));
            }
            self.language.clone_from(language);
        }
        Ok(self)
    }
}

/// The choices, on the disk.
pub(crate) struct Preferences {
    store: Option<Arc<Store<Wry>>>,
    chosen: Mutex<Chosen>,
}

impl Preferences {
    /// Reads them. What cannot be read is as if nobody had chosen.
    pub(crate) fn read(app: &AppHandle) -> Self {
        let store = app
            .store(FILE)
            .inspect_err(|error| tracing::warn!(%error, "the desktop's settings cannot be read"))
            .ok();
        let kept = store.as_ref().and_then(|store| store.get(KEY));
        let chosen = kept
            .and_then(|value| serde_json::from_value(value).ok())
            .unwrap_or_default();
        Self {
            store,
            chosen: Mutex::new(chosen),
        }
    }

    pub(crate) fn chosen(&self) -> Chosen {
        self.lock().clone()
    }

    /// Keeps them.
    pub(crate) fn keep(&self, chosen: Chosen) -> Result<(), Problem> {
        let refused = |detail: String| {
            Problem::new(Code::DesktopSetting)
                .with("setting", FILE)
                .with("detail", detail)
        };
        let value = serde_json::to_value(&chosen).map_err(|error| refused(error.to_string()))?;
        *self.lock() = chosen;
        let Some(store) = &self.store else {
            return Err(refused("-".into()));
        };
        store.set(KEY, value);
        store.save().map_err(|error| refused(error.to_string()))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Chosen> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_changes() {
        let before = Chosen::default();
        assert!(before.close_to_tray && before.notifications && !before.hinted);
        let change = DesktopChange {
            notifications: Some(false),
            language: Some("fi".into()),
            ..DesktopChange::default()
        };
        let after = before.clone().with(&change).unwrap();
        assert_eq!((after.notifications, after.close_to_tray), (false, true));
        assert_eq!(after.language, "fi");
        let wrong = DesktopChange {
            language: Some("../../etc".into()),
            ..DesktopChange::default()
        };
        assert_eq!(before.with(&wrong).unwrap_err().code, Code::SettingRefused);
    }

    #[test]
    fn a_file_of_another_version_keeps_what_it_has() {
        let chosen: Chosen =
            serde_json::from_str(r#"{"close_to_tray": false, "colour": "red"}"#).unwrap();
        assert!(!chosen.close_to_tray && chosen.notifications);
    }
}
