//! What running by itself has to remember between two starts: pauses, how each lane went, what a person was told. No choices, so no history,
//! and nothing about customers.

use serde_json::Value;

use crate::column::{first, get_json, json, run};
use crate::error::StoreError;
use crate::store::Store;

pub(crate) const CREATE: &str = "
CREATE TABLE background (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

impl Store {
    /// What is remembered under `name`, or `None`.
    pub fn remembered(&self, name: &str) -> Result<Option<Value>, StoreError> {
        self.read(|db| {
            first(
                db,
                "SELECT value FROM background WHERE name = ?1",
                [name],
                |row| get_json(row, "value"),
            )
        })
    }

    /// Remembers `value` under `name`, in place of what was there.
    pub fn remember(&self, name: &str, value: &Value) -> Result<(), StoreError> {
        self.write(|db| {
            run(
                db,
                "INSERT INTO background (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, json(value)),
            )?;
            Ok(())
        })
    }

    /// Forgets what is remembered under `name`.
    pub fn forget(&self, name: &str) -> Result<(), StoreError> {
        self.write(|db| {
            run(db, "DELETE FROM background WHERE name = ?1", [name])?;
            Ok(())
        })
    }
}
