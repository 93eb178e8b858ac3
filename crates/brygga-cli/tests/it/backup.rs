//! Copies on the command line: put back over a damaged database, and on another computer with the key that was written down.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use brygga_core::Code;

use crate::program::{Ended, World};

/// `backup restore` of another computer's copy, with the recovery key on standard input.
fn restore_with_key(world: &World, copy: &Path, key: &str) -> Ended {
    let copy = copy.to_str().expect("text");
    let mut command = world.command(&["backup", "restore", copy, "--recovery-key", "--json"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("piped");
    writeln!(input, "{key}").expect("written");
    drop(input);
    child.wait_with_output().expect("it ends").into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_comes_back_over_a_damaged_database_and_on_another_computer() {
    let old = World::new().await;
    // Any command makes the folder.
    let key = old.run(&["backup", "key"]);
    assert_eq!(key.code, 0, "{key:?}");
    let key = key.out.trim().to_owned();
    assert!(key.starts_with("BRYGGA1 "), "{key}");
    let copy = old.run(&["backup", "now"]);
    assert_eq!(copy.code, 0, "{copy:?}");
    let copy = std::path::PathBuf::from(copy.out.trim());
    let name = copy
        .file_name()
        .and_then(|name| name.to_str())
        .expect("text");

    let torn = vec![0x5a; 40_000];
    std::fs::write(old.database(), &torn).expect("writable");
    let refused = old.run(&["backup", "now"]);
    assert!(
        refused.err.contains(Code::StoreDamaged.as_str()),
        "{refused:?}"
    );
    let listed = old.run(&["backup", "list", "--json"]).json();
    let names = listed["backups"].as_array().expect("a list");
    assert!(names.iter().any(|row| row["name"] == name), "{listed}");
    let restored = old.run(&["backup", "restore", name, "--json"]);
    assert_eq!(restored.code, 0, "{restored:?}");
    let aside = restored.json()["aside"].as_str().expect("kept").to_owned();
    assert_eq!(std::fs::read(aside).expect("readable"), torn);
    assert_eq!(old.run(&["records", "--json"]).code, 0);

    let new = World::new().await;
    let without = new.run(&["backup", "restore", copy.to_str().expect("text"), "--json"]);
    assert_eq!(without.json()["error"]["code"], Code::BackupKey.as_str());
    let wrong = restore_with_key(&new, &copy, &key.replacen("BRYGGA1 ", "BRYGGA1 Q", 1));
    assert_eq!(wrong.json()["error"]["code"], Code::RecoveryKey.as_str());
    let restored = restore_with_key(&new, &copy, &key);
    assert_eq!(restored.code, 0, "{restored:?}");
    assert!(
        !format!("{restored:?}").contains(&key),
        "it is not repeated"
    );
    assert_eq!(new.run(&["records", "--json"]).code, 0);
    assert_eq!(new.run(&["backup", "key"]).out.trim(), key);
}
