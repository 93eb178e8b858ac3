//! What the file says about itself: the row that tells a right key from a wrong one.

use rusqlite::Connection;

use crate::column::{first, get, run};
use crate::error::StoreError;
use crate::seal::{Place, Seal};

pub(crate) const CREATE: &str = "
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
";

const KEY_CHECK: Place<'static> = Place {
    table: "meta",
    kind: "",
    id: "key-check",
};
const KEY_TEXT: &str = "Brygga";

/// [`StoreError::Key`] if the file was sealed with another key; a file that never was takes this one.
pub(crate) fn check_key(db: &Connection, seal: &Seal) -> Result<(), StoreError> {
    let stored = first(
        db,
        "SELECT value FROM meta WHERE name = ?1",
        [KEY_CHECK.id],
        |row| get::<Vec<u8>>(row, "value"),
    )?;
    let Some(bytes) = stored else {
        run(
            db,
            "INSERT INTO meta (name, value) VALUES (?1, ?2)",
            (KEY_CHECK.id, seal.seal(KEY_CHECK, KEY_TEXT)?),
        )?;
        return Ok(());
    };
    match seal.open::<String>(KEY_CHECK, &bytes) {
        Ok(text) if text == KEY_TEXT => Ok(()),
        _ => Err(StoreError::Key),
    }
}
