//! Wrong addresses, secrets, tenants, files and folders: the right exit code, a clear sentence, its remedy, and nothing lost.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use brygga_core::Code;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::practice;

use crate::program::{Ended, World};

/// With `--json` the object has code, sentence and remedy; people read the same on standard error.
fn refused(ended: &Ended, exit: i32, code: Code) {
    assert_eq!(ended.code, exit, "{ended:#?}");
    let error = &ended.json()["error"];
    assert_eq!(error["code"], code.as_str(), "{ended:#?}");
    let message = error["message"].as_str().expect("a sentence");
    assert!(!message.is_empty() && !message.contains('{'), "{message}");
    assert_eq!(error["remedy"], code.remedy());
    told(ended, exit, code);
}

/// On standard error: the sentence, the remedy, the code to copy.
fn told(ended: &Ended, exit: i32, code: Code) {
    assert_eq!(ended.code, exit, "{ended:#?}");
    assert!(ended.err.contains(&format!("[{code}]")), "{ended:#?}");
    assert!(ended.err.contains(code.remedy()), "{ended:#?}");
    assert!(!ended.err.contains("panicked"), "{ended:#?}");
    for secret in [practice::SHOP_CLIENT_SECRET, "not-the-secret"] {
        assert!(!ended.err.contains(secret), "{ended:#?}");
        assert!(!ended.out.contains(secret), "{ended:#?}");
    }
}

/// Where there is neither a keychain nor a passphrase, every command says so and what to do, and leaves nothing behind.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn no_place_for_secrets() {
    let world = World::new().await;
    for arguments in [
        &["held", "--json"][..],
        &["sync", "--json"],
        &["serve", "--port", "0"],
        &[
            "connect",
            "shopify",
            "--domain",
            practice::SHOP_DOMAIN,
            "--client-id",
            practice::SHOP_CLIENT_ID,
        ],
        &["doctor", "--json"],
    ] {
        let ended = world.run_without_secrets(arguments);
        if arguments.contains(&"--json") {
            refused(&ended, 1, Code::SecretsUnavailable);
        } else {
            told(&ended, 1, Code::SecretsUnavailable);
        }
        assert!(ended.err.contains("BRYGGA_PASSPHRASE"), "{ended:#?}");
    }
    assert!(!world.database().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_a_shop() {
    let world = World::new().await;
    let (own, secret) = (practice::SHOP_DOMAIN, practice::SHOP_CLIENT_SECRET);
    let public = world.connect_shop("www.fjord-og-fjell.no", secret);
    refused(&public, 2, Code::ShopDomain);
    let hinted = world.connect_shop("https://admin.shopify.com/store/fjord", secret);
    refused(&hinted, 2, Code::ShopDomain);
    assert!(hinted.err.contains("fjord.myshopify.com"), "{hinted:#?}");
    let unknown = world.connect_shop("no-such-shop-here.myshopify.com", secret);
    refused(&unknown, 1, Code::ShopNotFound);
    let wrong = world.connect_shop(own, "not-the-secret");
    refused(&wrong, 1, Code::ShopCredentials);

    let shopify = world.pair.shopify();
    shopify.change_config(|config| config.same_organization = false);
    refused(&world.connect_shop(own, secret), 1, Code::ShopOrganization);
    shopify.change_config(|config| {
        config.same_organization = true;
        config.app_installed = false;
    });
    refused(&world.connect_shop(own, secret), 1, Code::ShopAppMissing);
    shopify.change_config(|config| config.app_installed = true);

    let html = FaultRule::next(Side::Shopify, Fault::Html { code: 200 }).times(1000);
    world.pair.faults().add(html);
    refused(&world.connect_shop(own, secret), 1, Code::RemoteNotJson);
    world.pair.faults().clear();

    // Nothing of all that was kept.
    told(&world.run(&["sync"]), 3, Code::NotConnected);

    // Connected, but not with all permissions: named, and not green.
    shopify.grant_scope("read_customers", false);
    let thin = world.connect_shop(own, secret);
    assert_eq!(thin.code, 1, "{thin:#?}");
    assert_eq!(thin.json()["missing_scopes"][0], "read_customers");
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_a_company() {
    let world = World::new().await;
    let (company, secret) = (
        practice::VISMA_COMPANY_TENANT,
        practice::VISMA_CLIENT_SECRET,
    );
    let wrong = world.connect_company(company, "not-the-secret");
    refused(&wrong, 1, Code::ErpCredentials);
    let nobody = world.connect_company("00000000-0000-0000-0000-000000000000", secret);
    refused(&nobody, 1, Code::ErpTenant);
    let customer = world.connect_company(practice::VISMA_CUSTOMER_TENANT, secret);
    refused(&customer, 1, Code::ErpTenantCustomer);
    let visma = world.pair.visma();
    visma.remove_role(true);
    refused(&world.connect_company(company, secret), 1, Code::ErpTenant);
    visma.remove_role(false);
    visma.grant_scope("visma.net.erp.salesorder:write", false);
    let thin = world.connect_company(company, secret);
    refused(&thin, 1, Code::ErpScope);
    let scope = "visma.net.erp.salesorder:write";
    assert!(thin.err.contains(scope), "the scope is named: {thin:#?}");
    told(&world.run(&["sync"]), 3, Code::NotConnected);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_use_is_told_from_a_fault() {
    let world = World::new().await;
    assert_eq!(world.run(&["synk"]).code, 2);
    assert_eq!(world.run(&["sync", "--since", "yesterday"]).code, 2);
    refused(&world.run(&["sync", "--json"]), 3, Code::NotConnected);
    let far = world.run(&[
        "connect",
        "shopify",
        "--json",
        "--domain",
        practice::SHOP_DOMAIN,
        "--base-url",
        "https://example.com",
    ]);
    refused(&far, 2, Code::AddressNotLoopback);
    world.set_up();
    let file = world.folder().join("settings.json");
    let good = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, good.replace("rounding_limit", "rounding_limits")).expect("writable");
    let unknown = world.run(&["settings", "import", &file.to_string_lossy()]);
    told(&unknown, 1, Code::SettingsUnreadable);
    assert!(unknown.err.contains("rounding_limits"), "{unknown:#?}");
    for (place, value, code) in [
        (
            "stock.return_locations",
            "[\"Nowhere\"]",
            Code::LocationUnknown,
        ),
        ("stock.first_location", "\"123456\"", Code::LocationUnknown),
        ("leave_out.channels", "[\"Nowhere\"]", Code::ChannelUnknown),
    ] {
        let refused = world.run(&["settings", "set", place, value]);
        told(&refused, 1, code);
    }
    let typed = world.run(&[
        "settings",
        "set",
        "leave_out.channels",
        "[\"Point of Sale\"]",
    ]);
    assert_eq!(typed.code, 0, "{typed:#?}");
    let kept = world.run(&["settings", "get", "leave_out.channels"]);
    assert_eq!(kept.json(), serde_json::json!(["pos"]));
    assert_eq!(world.run(&["retry", "#no-such-order"]).code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_has_the_folder() {
    let world = World::new().await;
    world.set_up();
    let mut first = world
        .command(&["sync", "--watch"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(first.stdout.take().expect("piped")).lines();
    let told_first = tokio::task::block_in_place(|| lines.next());
    let second = world.run(&["sync", "--json"]);
    first.kill().expect("ours to end");
    first.wait().expect("ended");
    assert!(told_first.is_some(), "the first has synced");
    refused(&second, 1, Code::StoreInUse);
    // The first was ended in the middle of waiting: the folder is free again.
    let third = world.run(&["sync", "--json"]);
    assert_eq!(third.json()["failure"], serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_used() {
    let world = World::new().await;
    world.set_up();
    let first = world.run(&["sync", "--json"]).json();
    assert!(first["orders"]["booked"].as_u64() > Some(0), "{first}");
    let documents = world.pair.visma().orders().len();

    // Written by a newer program.
    let change = |sql: &str| {
        let db = rusqlite::Connection::open(world.database()).expect("a database");
        db.execute_batch(sql).expect("changed");
    };
    let version = {
        let db = rusqlite::Connection::open(world.database()).expect("a database");
        let version: i64 = db
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .expect("a version");
        version
    };
    change("PRAGMA user_version = 9999");
    refused(&world.run(&["sync", "--json"]), 1, Code::StoreNewer);
    change(&format!("PRAGMA user_version = {version}"));

    // Marked as read-only.
    let mark = |read_only: bool| {
        let meta = std::fs::metadata(world.database()).expect("there");
        let mut permissions = meta.permissions();
        permissions.set_readonly(read_only);
        std::fs::set_permissions(world.database(), permissions).expect("marked");
    };
    mark(true);
    refused(&world.run(&["sync", "--json"]), 1, Code::StoreReadOnly);
    mark(false);

    // A wrong passphrase: the secrets stay shut.
    let mut command = world.command(&["sync", "--json"]);
    command.env("BRYGGA_PASSPHRASE", "another passphrase");
    let output = tokio::task::block_in_place(|| command.output());
    let shut: Ended = output.expect("the program starts").into();
    refused(&shut, 1, Code::SecretsPassphrase);

    // Not a database at all.
    let sound = std::fs::read(world.database()).expect("readable");
    let mut torn = sound.clone();
    let pages = torn.len() / 4096;
    for page in 2..pages {
        torn[page * 4096..page * 4096 + 64].fill(0xAA);
    }
    std::fs::write(world.database(), torn).expect("writable");
    refused(&world.run(&["sync", "--json"]), 1, Code::StoreDamaged);
    std::fs::write(world.database(), sound).expect("writable");

    // After all that nothing is lost, and nothing is booked twice.
    let last = world.run(&["sync", "--json"]).json();
    assert_eq!(last["failure"], serde_json::Value::Null, "{last}");
    assert_eq!(last["orders"], first["orders"]);
    assert_eq!(world.pair.visma().orders().len(), documents);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_shuts_down_in_the_middle_of_a_sync_doubles_nothing() {
    let world = World::new().await;
    world.set_up();
    let mut first = world
        .command(&["sync", "--watch"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    while world.pair.visma().orders().is_empty() {
        assert!(first.try_wait().expect("ours").is_none(), "it runs");
        tokio::task::yield_now().await;
    }
    let told = std::process::Command::new("kill")
        .args(["-TERM", &first.id().to_string()])
        .status();
    assert!(told.expect("kill is there").success());
    let ended = tokio::task::block_in_place(|| first.wait());
    assert_eq!(ended.expect("ours").code(), Some(0), "it ends by itself");
    let last = world.run(&["sync", "--json"]).json();
    assert_eq!(last["failure"], serde_json::Value::Null, "{last}");
    let orders = world.pair.visma().orders();
    let mut ids: Vec<_> = orders
        .iter()
        .filter(|order| order.status != "Cancelled")
        .filter_map(|order| order.custom_str1.clone().or_else(|| order.ref_no.clone()))
        .collect();
    let documents = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), documents, "no order twice");
    let proof = world.run(&["proof", "--json"]).json();
    assert_eq!(proof["differences"], serde_json::json!([]), "{proof}");
}
