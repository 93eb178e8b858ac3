//! A store in memory or in a folder of its own, and rows to fill it with.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use brygga_core::{Code, Currency, Decimal, JumpClock, Money, Problem};
use brygga_store::{
    DataKey, Intent, MirrorRow, OpenOptions, RecordRef, RecordRow, RecordState, Store, StoreError,
};
use chrono::{DateTime, TimeZone, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// 2026-10-01 at `minute` minutes past midnight UTC.
pub(crate) fn at(minute: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 10, 1, 0, 0, 0).unwrap() + chrono::TimeDelta::minutes(minute)
}

pub(crate) fn clock() -> Arc<JumpClock> {
    Arc::new(JumpClock::at(at(0)))
}

pub(crate) fn memory() -> Store {
    Store::memory(DataKey::generate().unwrap(), clock()).unwrap()
}

/// A file in a folder that is removed at the end of the test.
pub(crate) struct Place {
    _folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
    pub(crate) key: DataKey,
    pub(crate) clock: Arc<JumpClock>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            path: folder.path().join("pair").join("brygga.sqlite"),
            _folder: folder,
            key: DataKey::generate().unwrap(),
            clock: clock(),
        }
    }

    pub(crate) fn try_open(&self) -> Result<Store, StoreError> {
        self.open_with(None)
    }

    pub(crate) fn open_with(&self, max_page_count: Option<u32>) -> Result<Store, StoreError> {
        let options = OpenOptions {
            max_page_count,
            ..OpenOptions::new(&self.path, self.key.clone())
        };
        Store::open(options, Arc::clone(&self.clock) as _)
    }

    pub(crate) fn open(&self) -> Store {
        self.try_open().unwrap()
    }

    /// Every byte of the folder's files.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut folders = vec![self.path.parent().unwrap().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    bytes.extend(std::fs::read(path).unwrap());
                }
            }
        }
        bytes
    }
}

pub(crate) fn nok(amount: i64) -> Money {
    Money::new(Decimal::from(amount), Currency::NOK)
}

pub(crate) fn order(id: u64, updated: i64, digest: &str) -> MirrorRow {
    MirrorRow {
        record: RecordRef::order(id.to_string()),
        name: format!("#{id}"),
        updated_at: at(updated),
        digest: digest.to_owned(),
        payload: json!({"id": id, "digest": digest, "customer": "Kari Nordmann"}),
        seen_at: at(updated),
        parts: Vec::new(),
    }
}

pub(crate) fn row(id: u64, state: RecordState) -> RecordRow {
    RecordRow {
        state,
        happened_at: Some(at(i64::try_from(id).unwrap())),
        ..RecordRow::new(RecordRef::order(id.to_string()), format!("#{id}"), at(0))
    }
}

pub(crate) fn held(id: u64, problem: Problem) -> RecordRow {
    RecordRow {
        problem: Some(problem),
        amount: Some(nok(100)),
        ..row(id, RecordState::Held)
    }
}

pub(crate) fn vat_unmapped(order: u64, rate: &str) -> Problem {
    Problem::new(Code::VatUnmapped)
        .with("order", format!("#{order}"))
        .with("rate", rate)
        .with("country", "NO")
}

pub(crate) fn intent(number: u128, record: &RecordRef, key: &str) -> Intent {
    Intent {
        seq: u32::try_from(number).unwrap(),
        ..Intent::new(
            Uuid::from_u128(number),
            Uuid::from_u128(1000),
            record.clone(),
            "create-order",
            key,
            json!({"customer": "Kari Nordmann", "number": number.to_string()}),
            at(0),
        )
    }
}

pub(crate) fn params(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

pub(crate) fn ids(records: &[RecordRef]) -> Vec<&str> {
    records.iter().map(|record| record.id.as_str()).collect()
}

pub(crate) fn null() -> Value {
    Value::Null
}
