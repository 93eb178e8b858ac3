//! Settings and mapping from a file: seen first, with what they would do to the orders that are stored, and then taken over.

use std::collections::BTreeSet;
use std::sync::Arc;

use brygga_core::settings::Settings;

use super::{history, plain, unreadable};
use crate::api::{Api, error, reason};
use crate::contract::{ApiError, ImportOrders, ImportPreview, SettingsImport, SettingsView};

impl Api {
    /// What the file would change. Sends and keeps nothing.
    pub(crate) async fn import_preview(
        self: &Arc<Self>,
        import: SettingsImport,
    ) -> Result<ImportPreview, ApiError> {
        let before = self.engine.settings().map_err(error)?;
        let after = self.in_file(&import.text, &before).await?;
        let (changes, count) = history::between(
            &plain(&before).map_err(error)?,
            &plain(&after).map_err(error)?,
        );
        let orders = match self.rehearsed(before, after, BTreeSet::new()).await {
            Ok(seen) => ImportOrders::Seen(seen),
            // What changes is told also where nobody can be asked.
            Err(problem) => ImportOrders::Unseen(reason(&problem)),
        };
        Ok(ImportPreview {
            changes,
            count,
            orders,
        })
    }

    pub(crate) async fn import_settings(
        &self,
        import: SettingsImport,
    ) -> Result<SettingsView, ApiError> {
        let before = self.engine.settings().map_err(error)?;
        let read = self.in_file(&import.text, &before).await?;
        self.choose(import.revision, |_| Ok(read)).map_err(error)?;
        self.settings_view().await
    }

    /// The settings that a file holds, where they may take the place of `before`.
    async fn in_file(&self, text: &str, before: &Settings) -> Result<Settings, ApiError> {
        let read: Settings =
            serde_json::from_str(text).map_err(|fault| error(unreadable(&fault)))?;
        let known = self.engine.known().await.map_err(error)?;
        read.named(before, &known).map_err(error)
    }
}
