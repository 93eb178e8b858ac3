//! How many: where a set of records stands, and what was made since a change of the settings.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::named_params;

use crate::column::{first, get, get_count, time};
use crate::error::StoreError;
use crate::store::Store;
use crate::table::records::{RecordKind, RecordRef, RecordState};

impl Store {
    /// How many of these records are in each state; those that are not known are left out.
    pub fn states_of(
        &self,
        records: &[RecordRef],
    ) -> Result<BTreeMap<RecordState, usize>, StoreError> {
        self.read(|db| {
            let mut states = BTreeMap::new();
            for record in records {
                let state = first(
                    db,
                    "SELECT state FROM records WHERE kind = ?1 AND id = ?2",
                    (record.kind.as_str(), &record.id),
                    |row| get::<String>(row, "state"),
                )?;
                if let Some(state) = state {
                    *states.entry(state.parse()?).or_default() += 1;
                }
            }
            Ok(states)
        })
    }

    /// How many records of the books something was sent for at `since` or later that was decided under the settings of `revision` or
    /// newer ones. Products and stock are left out: the next run puts them right. So are intents of the kind `besides`.
    pub fn made_under(
        &self,
        revision: i64,
        since: DateTime<Utc>,
        besides: &str,
    ) -> Result<usize, StoreError> {
        let made = self.read(|db| {
            first(
                db,
                "SELECT count(*) AS count FROM (
                     SELECT DISTINCT j.record_kind, j.record_id FROM journal j
                     JOIN records r ON r.kind = j.record_kind AND r.id = j.record_id
                     WHERE j.sent_at >= :since AND j.what <> :besides AND j.state <> 'refused'
                       AND r.settings_rev >= :revision AND r.kind NOT IN (:product, :stock))",
                named_params! {
                    ":since": time(since),
                    ":besides": besides,
                    ":revision": revision,
                    ":product": RecordKind::Product.as_str(),
                    ":stock": RecordKind::Stock.as_str(),
                },
                |row| get_count(row, "count"),
            )
        })?;
        Ok(made.unwrap_or_default())
    }
}
