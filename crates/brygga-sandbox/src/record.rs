//! The record of every request that reached the practice pair: the contract tests read it and check each one against the official
//! specifications.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::faults::Side;

/// The environment variable that names the folder to record into. Unset: nothing is recorded.
pub const RECORD_DIR: &str = "BRYGGA_RECORD_DIR";

/// Appends one JSON line per request to `<pid>-shopify.jsonl` and `<pid>-visma.jsonl`.
#[derive(Debug, Default)]
pub struct Recorder {
    files: Option<(Mutex<File>, Mutex<File>)>,
}

impl Recorder {
    /// Records into the folder that [`RECORD_DIR`] names, or nowhere. A folder that cannot be written is an error said aloud, because a
    /// contract test over a silent record would prove nothing.
    pub fn from_env() -> std::io::Result<Self> {
        match std::env::var_os(RECORD_DIR) {
            Some(dir) if !dir.is_empty() => Self::into_dir(Path::new(&dir)),
            _ => Ok(Self::off()),
        }
    }

    /// Records into `dir`, which is made when missing.
    pub fn into_dir(dir: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let open = |side: Side| {
            let name = format!("{}-{}.jsonl", std::process::id(), side.name());
            OpenOptions::new()
                .create(true)
                .append(true)
                .open(dir.join(name))
                .map(Mutex::new)
        };
        Ok(Self {
            files: Some((open(Side::Shopify)?, open(Side::Visma)?)),
        })
    }

    /// Records nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// Writes one request down. Bodies of token requests are left out, they hold secrets; so is everything of the control pages, which the
    /// product never asks.
    #[allow(
        clippy::too_many_arguments,
        reason = "one argument per field of the recorded line"
    )]
    pub fn record(
        &self,
        side: Side,
        method: &str,
        path: &str,
        query: Option<&str>,
        body: Option<&Value>,
        status: u16,
        operation: Option<&str>,
        agent: Option<&str>,
    ) {
        let Some((shopify, visma)) = &self.files else {
            return;
        };
        if path.starts_with("/__control") {
            return;
        }
        let secret = path.ends_with("/oauth/access_token") || path.ends_with("/connect/token");
        let body = if secret {
            &Value::Null
        } else {
            body.unwrap_or(&Value::Null)
        };
        let line = json!({
            "method": method, "path": path, "query": query.unwrap_or(""), "body": body, "status": status, "operation": operation, "agent": agent,
        });
        let file = match side {
            Side::Shopify => shopify,
            Side::Visma => visma,
        };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        // One write per line: several servers of one process may append to the same file.
        if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
            tracing::error!(%error, "the practice pair could not record a request");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_a_line_per_request_and_no_secret() {
        let dir = std::env::temp_dir().join(format!("brygga-record-{}", std::process::id()));
        let recorder = Recorder::into_dir(&dir).expect("writable");
        recorder.record(
            Side::Shopify,
            "POST",
            "/admin/api/2026-07/graphql.json",
            None,
            Some(&json!({"query": "{ shop { name } }"})),
            200,
            Some("Shop"),
            None,
        );
        recorder.record(
            Side::Shopify,
            "POST",
            "/admin/oauth/access_token",
            None,
            Some(&json!({"client_secret": "hush"})),
            200,
            None,
            None,
        );
        recorder.record(
            Side::Shopify,
            "GET",
            "/__control/state",
            None,
            None,
            200,
            None,
            None,
        );
        let text =
            std::fs::read_to_string(dir.join(format!("{}-shopify.jsonl", std::process::id())))
                .expect("there");
        std::fs::remove_dir_all(&dir).expect("mine");
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["operation"], "Shop");
        assert_eq!(lines[1]["body"], Value::Null);
        assert!(!text.contains("hush"));
    }
}
