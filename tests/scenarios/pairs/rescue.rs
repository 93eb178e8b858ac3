//! A pair that cannot be opened gets a copy back, in the window; and a copy goes to a new computer, with the key that was written down.

use brygga_engine::connect::Ground;
use brygga_store::RecordRef;

use super::*;

/// A pair that somebody may just be closing.
async fn opened(home: &Home, id: &str) -> Ground {
    for _ in 0..100_000 {
        match home.pairs().open(id) {
            Ok(ground) => return ground,
            Err(problem) if problem.code == Code::StoreInUse => tokio::task::yield_now().await,
            Err(problem) => panic!("{problem}"),
        }
    }
    panic!("{id} stays open");
}

/// Makes a copy of a pair that nobody has open; gives its name.
async fn with_copy(home: &Home, id: &str) -> String {
    let ground = opened(home, id).await;
    let copy = ground.store.backup_now().unwrap().unwrap();
    drop(ground);
    closed(&home.path().join(id).join("brygga.db")).await;
    copy.file_name().unwrap().to_str().unwrap().to_owned()
}

fn own(pair: &str, name: &str) -> Value {
    json!({"pair": pair, "copy": {"kind": "own", "name": name}, "recovery_key": null})
}

fn file(pair: &str, path: &Path, key: Option<&str>) -> Value {
    json!({"pair": pair, "copy": {"kind": "file", "path": path}, "recovery_key": key})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_pair_gets_a_copy_back_in_the_window() {
    let home = Home::new();
    let id = home.connected("tenant-1", None);
    home.give_secrets(&id);
    let name = with_copy(&home, &id).await;
    drop(home.damage(&id));
    let damaged = std::fs::read(home.path().join(&id).join("brygga.db")).unwrap();

    let pairs = home.open();
    assert_eq!(state(&view(&pairs).await, &id)["kind"], "broken");
    let copies = call(&pairs, &id, "pair_copies", json!({"pair": id})).await;
    let copies = copies.unwrap();
    let listed = copies.as_array().unwrap();
    assert!(
        listed.iter().any(|copy| copy["name"] == name.as_str()),
        "{copies}"
    );
    // A name is no path.
    let no_name = call(&pairs, &id, "pair_restore", own(&id, "../x")).await;
    no_name.unwrap_err();
    assert_eq!(state(&view(&pairs).await, &id)["kind"], "broken");

    let restored = call(&pairs, &id, "pair_restore", own(&id, &name)).await;
    let restored = restored.unwrap();
    assert_eq!(
        state(&restored["pairs"], &id)["kind"],
        "works",
        "{restored}"
    );
    let aside = restored["aside"].as_str().unwrap();
    assert_eq!(std::fs::read(aside).unwrap(), damaged, "it is kept");
    // The secrets are those from before, and so is the shop.
    let setup = call(&pairs, &id, "setup", Value::Null).await.unwrap();
    assert_eq!(setup["shop"]["domain"], SHOP);
    assert_eq!(setup["shop"]["secret_kept"], true);
    assert_eq!(setup["company"]["secret_kept"], true);
    assert!(pairs.close(Duration::from_secs(20)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_pair_takes_no_copy_of_another() {
    let home = Home::new();
    let id = home.connected("tenant-1", None);
    let name = with_copy(&home, &id).await;
    // What is known of it without its database stands on its card.
    let mut card = home.pairs().card(&id).unwrap();
    card.tenant = Some("another-tenant".into());
    home.pairs().put_card(&id, &card).unwrap();
    drop(home.damage(&id));
    let pairs = home.open();
    let refused = call(&pairs, &id, "pair_restore", own(&id, &name)).await;
    assert_eq!(refused, Err("backup-other-pair".into()));
    assert_eq!(state(&view(&pairs).await, &id)["kind"], "broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_read_on_a_new_computer_with_the_key_that_was_written_down() {
    let old = Home::new();
    let id = old.connected("tenant-1", None);
    let ground = opened(&old, &id).await;
    let order = brygga_store::MirrorRow {
        record: RecordRef::order("5001"),
        name: "#1001".into(),
        updated_at: ground.clock.now(),
        digest: "d".into(),
        payload: json!({"name": "Kari"}),
        seen_at: ground.clock.now(),
        parts: Vec::new(),
    };
    ground.store.store_page(&[order], None).unwrap();
    drop(ground);
    let name = with_copy(&old, &id).await;
    let pairs = old.open();
    let shown = call(&pairs, &id, "recovery_key", Value::Null)
        .await
        .unwrap();
    let written = shown["key"].as_str().unwrap().to_owned();
    let support = call(&pairs, &id, "support_file", Value::Null)
        .await
        .unwrap();
    assert!(!support.to_string().contains("BRYGGA1"), "{support}");
    drop(pairs);
    // The stick.
    let stick = tempfile::tempdir().unwrap();
    let copy = stick.path().join("from the old one.sqlite");
    std::fs::copy(old.path().join(&id).join("backups").join(&name), &copy).unwrap();

    let new = Home::new();
    let pairs = new.open();
    let at = |path: &Path, key: Option<&str>| file("default", path, key);
    let refused = async |request: Value| {
        let answer = call(&pairs, "default", "pair_restore", request).await;
        answer.map(|answer| answer.to_string()).unwrap_err()
    };
    assert_eq!(refused(at(&copy, None)).await, "backup-other-key");
    let slip = written.replacen("BRYGGA1 ", "BRYGGA1 Q", 1);
    assert_eq!(
        refused(at(&copy, Some(&slip))).await,
        "recovery-key-mistyped"
    );
    let nowhere = stick.path().join("other.sqlite");
    assert_eq!(
        refused(at(&nowhere, Some(&written))).await,
        "backup-not-found"
    );
    let info = call(&pairs, "default", "app_info", Value::Null).await;
    assert_eq!(info.unwrap()["set_up"], false, "as it was");

    let answer = call(
        &pairs,
        "default",
        "pair_restore",
        at(&copy, Some(&written.to_lowercase())),
    )
    .await
    .unwrap();
    assert_eq!(answer["pairs"]["shown"], "default");
    let setup = call(&pairs, "default", "setup", Value::Null).await.unwrap();
    assert_eq!(setup["shop"]["domain"], SHOP);
    assert_eq!(setup["shop"]["secret_kept"], false, "it is connected anew");
    assert!(pairs.close(Duration::from_secs(20)).await);
    drop(pairs);
    let ground = opened(&new, "default").await;
    let kept = ground.store.mirror(&RecordRef::order("5001")).unwrap();
    assert_eq!(kept.unwrap().payload["name"], "Kari");
    // It has the old one's key now, and shows it.
    let key = ground.recovery_key().unwrap().unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&key), written);
    drop(ground);

    // A pair that is at work keeps its own key: its database would be lost with it.
    let other = Home::new();
    let id = other.connected("tenant-1", None);
    let pairs = other.open();
    let refused = call(
        &pairs,
        &id,
        "pair_restore",
        file(&id, &copy, Some(&written)),
    )
    .await;
    assert_eq!(refused, Err("pair-connected".into()));
    assert_eq!(state(&view(&pairs).await, &id)["kind"], "works");
    assert!(pairs.close(Duration::from_secs(20)).await);
    drop(pairs);
    // Nor does one that is damaged, while its copies open: they would be lost, too.
    with_copy(&other, &id).await;
    drop(other.damage(&id));
    let pairs = other.open();
    let refused = call(
        &pairs,
        &id,
        "pair_restore",
        file(&id, &copy, Some(&written)),
    )
    .await;
    assert_eq!(refused, Err("pair-connected".into()));
}
