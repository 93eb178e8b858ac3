//! How values stand in columns, and the short ways to ask for rows.

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, Row};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::error::StoreError;

/// UTC as ISO text with nine decimals: text order is time order, and nothing is lost.
pub(crate) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

/// The same for a time that may be missing.
pub(crate) fn time_or_null(at: Option<DateTime<Utc>>) -> Option<String> {
    at.map(time)
}

/// A column by its name.
pub(crate) fn get<T: FromSql>(row: &Row<'_>, column: &str) -> Result<T, StoreError> {
    Ok(row.get(column)?)
}

/// A time column.
pub(crate) fn get_time(row: &Row<'_>, column: &str) -> Result<DateTime<Utc>, StoreError> {
    parse_time(&get::<String>(row, column)?, column)
}

/// A time column that may be null.
pub(crate) fn get_time_or_null(
    row: &Row<'_>,
    column: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    get::<Option<String>>(row, column)?
        .map(|text| parse_time(&text, column))
        .transpose()
}

/// A time from its text.
pub(crate) fn parse_time(text: &str, column: &str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|error| StoreError::unreadable(column, error))
}

/// An id column.
pub(crate) fn get_uuid(row: &Row<'_>, column: &str) -> Result<Uuid, StoreError> {
    parse_uuid(&get::<String>(row, column)?, column)
}

/// An id from its text.
pub(crate) fn parse_uuid(text: &str, column: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(|error| StoreError::unreadable(column, error))
}

/// A column of JSON text.
pub(crate) fn get_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T, StoreError> {
    serde_json::from_str(&get::<String>(row, column)?)
        .map_err(|error| StoreError::unreadable(column, error))
}

/// A value as JSON text.
pub(crate) fn json(value: &Value) -> String {
    value.to_string()
}

/// A count for SQL; more than SQLite can hold is "all".
pub(crate) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count from SQL.
pub(crate) fn get_count(row: &Row<'_>, column: &str) -> Result<usize, StoreError> {
    usize::try_from(get::<i64>(row, column)?).map_err(|error| StoreError::unreadable(column, error))
}

/// Every row of a query, read by `read`.
pub(crate) fn all<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// The first row of a query, if there is one.
pub(crate) fn first<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?.map(read).transpose()
}

/// Runs a statement that gives no rows; how many rows it touched.
pub(crate) fn run(db: &Connection, sql: &str, params: impl Params) -> Result<usize, StoreError> {
    Ok(db.prepare_cached(sql)?.execute(params)?)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn text_order_is_time_order() {
        let whole = Utc.with_ymd_and_hms(2026, 10, 1, 0, 0, 0).unwrap();
        let later = whole + chrono::TimeDelta::nanoseconds(1);
        assert_eq!(time(whole), "2026-10-01T00:00:00.000000000Z");
        assert!(time(whole) < time(later));
        assert_eq!(parse_time(&time(later), "at").unwrap(), later);
    }
}
