//! How far a kind of record is behind: since when its oldest work is left undone.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::named_params;

use crate::column::{all, first, get_time, get_time_or_null, time};
use crate::error::StoreError;
use crate::store::Store;
use crate::table::records::{RecordKind, RecordRef, RecordRow, RecordState, read_ref};

/// Since when a record is work that should be done, and was not; null where there is nothing to do for it now. What a record says of itself
/// changes with every attempt (`changed_at`), so this is kept from the first one.
pub(crate) const CREATE: &str = "
ALTER TABLE records ADD COLUMN undone_since TEXT;
UPDATE records SET undone_since = changed_at WHERE state IN ('new', 'planned');
CREATE INDEX records_undone ON records (kind, undone_since) WHERE undone_since IS NOT NULL;
CREATE INDEX records_late ON records (kind, due_at) WHERE state = 'waiting';
";

/// Whether a record is work that should be done now: not decided, on its way, or kept from it by a side that does not answer.
pub(crate) fn is_undone(row: &RecordRow) -> bool {
    match row.state {
        RecordState::New | RecordState::Planned => true,
        RecordState::Waiting => row
            .problem
            .as_ref()
            .is_some_and(|problem| problem.code.is_delay()),
        RecordState::Booked | RecordState::Skipped | RecordState::Held => false,
    }
}

/// A try that was put off further than such a try ever is: it was written down by a clock that was ahead, and says nothing. Only what waits
/// for a side that did not answer; what waits for the business may wait for weeks.
pub(crate) const PUT_OFF_WRONGLY: &str = "(r.state = 'waiting' AND (r.due_at > :soon
    AND r.code IN ('waiting-remote', 'waiting-outcome', 'waiting-erp', 'waiting-goods', 'vat-mode-unconfirmed')
    OR r.due_at > :later AND r.code = 'waiting-for-document'))";
/// No next try or look-up is further away.
pub(crate) const SOON: TimeDelta = TimeDelta::minutes(15);
/// No look at a document that could not be read is.
pub(crate) const LATER: TimeDelta = TimeDelta::hours(7);

impl Store {
    /// Since when the oldest work on records of `kind` is left undone: what is not decided or on its way, what a side keeps from being
    /// done, and what waits for a moment that is past. `None` if everything is done, or waits for something of the business.
    pub fn undone_since(
        &self,
        kind: RecordKind,
        now: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let since = self.read(|db| {
            first(
                db,
                "SELECT min(since) AS since FROM (
                     SELECT min(undone_since) AS since FROM records
                     WHERE kind = :kind AND undone_since IS NOT NULL
                     UNION ALL
                     SELECT min(due_at) FROM records
                     WHERE kind = :kind AND state = 'waiting' AND due_at <= :now)",
                named_params! { ":kind": kind.as_str(), ":now": time(now) },
                |row| get_time_or_null(row, "since"),
            )
        })?;
        Ok(since.flatten())
    }

    /// What was tried and is left undone since `before` or longer, the oldest first, with since when. What was only read is not among it: the
    /// first sync of a large shop takes its hours.
    pub fn left_undone(
        &self,
        kind: RecordKind,
        before: DateTime<Utc>,
    ) -> Result<Vec<(RecordRef, DateTime<Utc>)>, StoreError> {
        self.read(|db| {
            all(
                db,
                "SELECT kind, id, undone_since FROM records
                 WHERE kind = :kind AND undone_since <= :before AND (state <> 'new' OR retry)
                 ORDER BY undone_since, length(id), id",
                named_params! { ":kind": kind.as_str(), ":before": time(before) },
                |row| Ok((read_ref(row)?, get_time(row, "undone_since")?)),
            )
        })
    }
}
