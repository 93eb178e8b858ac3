//! What stands in the file, in numbers alone: nothing of what a row says.

use std::collections::BTreeMap;

use crate::column::{all, get, get_count};
use crate::error::StoreError;
use crate::open::pragma;
use crate::store::Store;

/// The size of the file and how many rows each table has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Version of the tables.
    pub version: i64,
    /// Bytes of the file, without what waits beside it.
    pub bytes: i64,
    /// Of them, bytes that are free again.
    pub free: i64,
    /// Rows by table.
    pub rows: BTreeMap<String, usize>,
    /// Journal rows by state.
    pub journal: BTreeMap<String, usize>,
}

impl Store {
    /// The figures of the file.
    pub fn figures(&self) -> Result<Figures, StoreError> {
        self.read(|db| {
            let page = pragma(db, "page_size")?;
            let tables = all(
                db,
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
                [],
                |row| get::<String>(row, "name"),
            )?;
            let mut rows = BTreeMap::new();
            for table in tables {
                // A name of the schema itself, never of the outside.
                let counted = all(
                    db,
                    &format!("SELECT count(*) AS count FROM \"{table}\""),
                    [],
                    |row| get_count(row, "count"),
                )?;
                rows.insert(table, counted.into_iter().sum());
            }
            let journal = all(
                db,
                "SELECT state, count(*) AS count FROM journal GROUP BY state",
                [],
                |row| Ok((get::<String>(row, "state")?, get_count(row, "count")?)),
            )?;
            Ok(Figures {
                version: pragma(db, "user_version")?,
                bytes: page * pragma(db, "page_count")?,
                free: page * pragma(db, "freelist_count")?,
                rows,
                journal: journal.into_iter().collect(),
            })
        })
    }
}
