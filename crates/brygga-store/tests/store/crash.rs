//! A process that is killed in the middle of writing leaves a file that is whole.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use brygga_store::{
    DataKey, IntentState, Link, OpenOptions, RecordRef, RecordState, Settle, Store,
};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use crate::common::{at, clock, ids, intent, order, row};

const FILE: &str = "BRYGGA_STORE_CRASH_FILE";
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// Records on each page.
const PAGE: u64 = 20;

fn open(path: PathBuf) -> Store {
    let key = DataKey::from_base64(&SecretString::from(KEY)).unwrap();
    Store::open(OpenOptions::new(path, key), clock()).unwrap()
}

/// What a killed process does: pages with their cursor, and plans that are settled with their links, until it is killed.
#[test]
#[ignore = "is started by the test below, in a process of its own"]
fn writes_until_killed() {
    let Some(path) = std::env::var_os(FILE) else {
        return;
    };
    let store = Arc::new(open(path.into()));
    for page in 0..u64::MAX {
        let first = page * PAGE;
        let rows: Vec<_> = (first..first + PAGE)
            .map(|id| order(id, i64::try_from(page).unwrap(), "a"))
            .collect();
        store
            .store_page(&rows, Some(("orders", at(i64::try_from(page).unwrap()))))
            .unwrap();
        let record = row(first, RecordState::Planned);
        let intent = intent(u128::from(page), &record.record, &format!("order/{first}"));
        store
            .write_plan(&record, std::slice::from_ref(&intent), &[])
            .unwrap();
        store.mark_sending(intent.id).unwrap();
        store
            .settle(Settle {
                intent: intent.id,
                state: IntentState::Done,
                outcome: json!({}),
                links: vec![Link {
                    kind: "order".to_owned(),
                    shop_id: first.to_string(),
                    erp_id: format!("SO/{page}"),
                    detail: json!({}),
                    made_at: at(0),
                }],
                record: Some(row(first, RecordState::Booked)),
                activity: vec![],
            })
            .unwrap();
        println!("\nsettled {page}");
    }
}

/// Runs the writer and kills it once it has told of `pages` settled pages; the last it told of.
fn kill_after(path: &std::path::Path, pages: usize) -> u64 {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "crash::writes_until_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(FILE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut told = lines.map(|line| line.unwrap()).filter_map(|line| {
        line.strip_prefix("settled ")
            .and_then(|page| page.parse().ok())
    });
    let last = told.nth(pages - 1).expect("the writer ended by itself");
    writer.kill().unwrap();
    let last = told.last().unwrap_or(last);
    writer.wait().unwrap();
    last
}

#[test]
fn killed_writer_leaves_whole_steps() {
    for pages in [1, 3, 8, 15] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("brygga.sqlite");
        let told = kill_after(&path, pages);

        // The lock went with the process, and what it told of is there.
        let store = open(path);
        let cursor = store.cursor("orders").unwrap().unwrap();
        let page = u64::try_from((cursor - at(0)).num_minutes()).unwrap();
        assert!(
            page >= told && page <= told + 1,
            "told {told}, cursor {page}"
        );
        let (_, total) = store
            .search_records(brygga_store::RecordKind::Order, None, None, 0, 1)
            .unwrap();
        assert_eq!(
            total as u64,
            (page + 1) * PAGE,
            "the cursor stands on its own page"
        );
        let mut settled = Vec::new();
        for page in 0..=page {
            let first = (page * PAGE).to_string();
            let record = RecordRef::order(&*first);
            let done = store
                .intent(Uuid::from_u128(u128::from(page)))
                .unwrap()
                .is_some_and(|intent| intent.state == IntentState::Done);
            assert_eq!(
                store.link("order", &first).unwrap().is_some(),
                done,
                "settled and linked together"
            );
            let state = store.record(&record).unwrap().unwrap().state;
            assert_eq!(state == RecordState::Booked, done, "page {page} is {state}");
            if done {
                settled.push(record);
            }
        }
        assert!(
            settled.len() as u64 > told,
            "told {told}, settled {:?}",
            ids(&settled)
        );
        assert!(store.open_intents().unwrap().len() <= 1);
    }
}
