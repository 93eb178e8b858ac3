//! What went over the wire for one record, kept for its story: collected while the record is worked on, stored after.

use std::sync::{Mutex, PoisonError};

pub use brygga_http::without_persons;
use brygga_http::{Exchange, Observer};
use brygga_store::{RecordRef, Store, StoreError};

/// Collects exchanges by the record they are about.
#[derive(Debug, Default)]
pub struct ExchangeLog {
    waiting: Mutex<Vec<Exchange>>,
}

/// How a record is named to the HTTP client.
pub(crate) fn subject(record: &RecordRef) -> String {
    record.to_string()
}

impl ExchangeLog {
    /// Stores what was collected about `record`, in one write; nothing of one whose customer was erased.
    pub(crate) fn keep(&self, record: &RecordRef, store: &Store) -> Result<(), StoreError> {
        let name = subject(record);
        let mine: Vec<Exchange> = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let (mine, others) = waiting
                .drain(..)
                .partition(|exchange| exchange.subject.as_deref() == Some(name.as_str()));
            *waiting = others;
            mine
        };
        if mine.is_empty() || store.is_erased(record)? {
            return Ok(());
        }
        let rows: Vec<_> = mine
            .into_iter()
            .map(|exchange| row(record, exchange))
            .collect();
        store.put_exchanges(&rows)
    }
}

impl Observer for ExchangeLog {
    fn exchange(&self, exchange: Exchange) {
        // What is about no record (set-up, pages of changes) belongs to no story.
        if exchange.subject.is_some() {
            self.waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(exchange);
        }
    }
}

fn row(record: &RecordRef, exchange: Exchange) -> brygga_store::Exchange {
    let json = |text: Option<String>| {
        text.map(|text| serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)))
    };
    let remote = if exchange.path.contains("/admin/") {
        "shopify"
    } else {
        "visma"
    };
    brygga_store::Exchange {
        record: record.clone(),
        at: exchange.at,
        remote: remote.to_owned(),
        method: exchange.method,
        target: exchange.label.unwrap_or(exchange.path),
        request: json(exchange.request),
        status: exchange.status,
        answer: json(exchange.answer),
        elapsed_ms: exchange.elapsed_ms,
    }
}
