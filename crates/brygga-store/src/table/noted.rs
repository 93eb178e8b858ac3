//! What a look at a record found that no run has decided on: kept for the lists, and decided on by the next run all the same.

use crate::error::StoreError;
use crate::store::Store;
use crate::table::activity::{self, Activity};
use crate::table::records::{self, RecordRow};
use crate::table::settings;

impl Store {
    /// Keeps `found`, if the record is still the one that was `looked` at and the settings still those of `settings_rev`: a look
    /// takes its time, and what somebody did meanwhile counts more. Whether it was kept.
    pub fn note(
        &self,
        looked: &RecordRow,
        found: &RecordRow,
        settings_rev: i64,
        told: &[Activity],
    ) -> Result<bool, StoreError> {
        self.write(|db| {
            let now = records::find(db, &self.seal, &looked.record)?;
            if now.as_ref() != Some(looked) || settings::revision(db)? != settings_rev {
                return Ok(false);
            }
            records::put(db, &self.seal, found)?;
            activity::insert(db, &self.seal, told)?;
            Ok(true)
        })
    }
}
