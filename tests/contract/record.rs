//! The record: one line per request, those of the product told by their user agent.

use std::path::PathBuf;

use serde_json::Value;

/// One recorded request.
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Value,
    pub(crate) operation: Option<String>,
}

/// Every request of the product to one side; `None` where the specifications are not there to judge by.
pub(crate) fn of(side: &str) -> Option<Vec<Sent>> {
    if brygga_tests::shared().is_none() {
        println!(
            "SKIPPED: ../shared is not there, so no request is compared with the official specifications."
        );
        return None;
    }
    let folder = PathBuf::from(
        std::env::var("BRYGGA_RECORD_DIR")
            .expect("BRYGGA_RECORD_DIR names the record of the other suites"),
    );
    let mut all = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the record is a folder") {
        let path = entry.expect("readable").path();
        if !path.to_string_lossy().ends_with(&format!("-{side}.jsonl")) {
            continue;
        }
        for line in std::fs::read_to_string(&path).expect("readable").lines() {
            let line: Value = serde_json::from_str(line).expect("each line is JSON");
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            if text("agent").starts_with("Brygga/") {
                all.push(Sent {
                    method: text("method"),
                    path: text("path"),
                    query: text("query"),
                    body: line["body"].clone(),
                    operation: line["operation"].as_str().map(str::to_owned),
                });
            }
        }
    }
    assert!(
        !all.is_empty(),
        "no request of the product to {side} was recorded: run `cargo xtask test`"
    );
    Some(all)
}
