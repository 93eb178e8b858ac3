//! Everything that people, remotes and disks do wrong: a clear code, a remedy, and nothing lost.

use std::sync::Arc;

use brygga_core::ids::RandomIds;
use brygga_core::{Clock, Code, Problem};
use brygga_engine::connect::{CompanyConnection, Ground, ShopConnection};
use brygga_engine::ports::Unwatched;
use brygga_engine::{Place, RateHosts, RunOptions};
use brygga_http::HttpConfig;
use brygga_http::secrets::Memory;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::practice;
use brygga_store::{DataKey, OpenOptions, RecordState, Store};
use brygga_tests::{Bench, orders};
use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::Value;

pub(crate) const ID: u64 = 950_001;

fn shop(bench: &Bench, domain: &str, client_id: Option<&str>) -> ShopConnection {
    ShopConnection {
        domain: domain.into(),
        client_id: client_id.map(str::to_owned),
        base_url: Some(bench.practice.pair.shopify_url()),
    }
}

async fn shop_problem(bench: &Bench, domain: &str, client_id: &str, secret: &str) -> Problem {
    let connection = shop(bench, domain, Some(client_id));
    bench
        .practice
        .ground
        .connect_shop(connection, Some(SecretString::from(secret)))
        .await
        .expect_err("refused")
}

async fn company_problem(bench: &Bench, secret: &str, tenant: &str) -> Problem {
    let connection = CompanyConnection {
        client_id: practice::VISMA_CLIENT_ID.into(),
        tenant_id: tenant.into(),
        base_url: Some(bench.practice.pair.visma_url()),
        scopes: Vec::new(),
    };
    bench
        .practice
        .ground
        .connect_company(connection, Some(SecretString::from(secret)))
        .await
        .expect_err("refused")
}

pub(crate) fn clear(problem: &Problem, code: Code) {
    assert_eq!(problem.code, code, "{problem}");
    assert!(
        !problem.message().contains('{'),
        "every parameter is given: {problem}"
    );
    assert!(!problem.code.remedy().is_empty());
}

pub(crate) fn simple(bench: &Bench) -> Value {
    orders::simple(
        bench.practice.pair.shop_data(),
        ID,
        bench.clock.now() - TimeDelta::minutes(3),
    )
}

/// Puts an order, syncs, and expects it held with `code`; after `repair` and a retry it is booked, once.
pub(crate) async fn held_then_booked(
    bench: &Bench,
    order: Value,
    code: Code,
    repair: impl AsyncFnOnce(&Bench),
) {
    bench.put(order);
    bench.quiet().await;
    let row = bench.record(ID);
    assert_eq!(row.state, RecordState::Held, "{:?}", row.problem);
    clear(row.problem.as_ref().expect("a reason"), code);
    assert_eq!(bench.documents(ID).len(), 0, "nothing was sent");
    repair(bench).await;
    bench.practice.engine.forget_setup();
    bench
        .practice
        .engine
        .store()
        .mark_retry(&[row.record])
        .expect("known");
    bench.quiet().await;
    assert_eq!(
        bench.record(ID).state,
        RecordState::Booked,
        "{:?}",
        bench.record(ID).problem
    );
    assert_eq!(bench.documents(ID).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_that_cannot_be_connected_says_why() {
    let bench = Bench::empty().await;
    let (own, id, secret) = (
        practice::SHOP_DOMAIN,
        practice::SHOP_CLIENT_ID,
        practice::SHOP_CLIENT_SECRET,
    );
    clear(
        &shop_problem(&bench, "www.fjord-og-fjell.no", id, secret).await,
        Code::ShopDomain,
    );
    clear(
        &shop_problem(&bench, "nowhere-at-all.myshopify.com", id, secret).await,
        Code::ShopNotFound,
    );
    clear(
        &shop_problem(&bench, own, id, "wrong").await,
        Code::ShopCredentials,
    );
    let pair = &bench.practice.pair;
    pair.shopify()
        .change_config(|config| config.app_installed = false);
    clear(
        &shop_problem(&bench, own, id, secret).await,
        Code::ShopAppMissing,
    );
    pair.shopify().change_config(|config| {
        config.app_installed = true;
        config.same_organization = false;
    });
    clear(
        &shop_problem(&bench, own, id, secret).await,
        Code::ShopOrganization,
    );
    pair.shopify()
        .change_config(|config| config.same_organization = true);
    let token = bench
        .practice
        .ground
        .connect_shop(
            shop(&bench, own, None),
            Some(SecretString::from("shpat_wrong")),
        )
        .await;
    clear(&token.expect_err("refused"), Code::ShopToken);
    // A missing scope is no refusal: it is said by name.
    pair.shopify().grant_scope("read_customers", false);
    let report = bench
        .practice
        .ground
        .connect_shop(
            shop(&bench, own, Some(id)),
            Some(SecretString::from(secret)),
        )
        .await
        .expect("connected");
    assert!(
        report
            .scopes
            .missing
            .iter()
            .any(|scope| scope == "read_customers"),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_that_cannot_be_connected_says_why() {
    let bench = Bench::empty().await;
    let (secret, tenant) = (
        practice::VISMA_CLIENT_SECRET,
        practice::VISMA_COMPANY_TENANT,
    );
    clear(
        &company_problem(&bench, "wrong", tenant).await,
        Code::ErpCredentials,
    );
    clear(
        &company_problem(&bench, secret, "00000000-0000-0000-0000-000000000000").await,
        Code::ErpTenant,
    );
    clear(
        &company_problem(&bench, secret, practice::VISMA_CUSTOMER_TENANT).await,
        Code::ErpTenantCustomer,
    );
    bench.practice.pair.visma().remove_role(true);
    clear(
        &company_problem(&bench, secret, tenant).await,
        Code::ErpTenant,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_no_answers_stop_the_run_and_lose_nothing() {
    for (side, fault) in [
        (Side::Shopify, Fault::Html { code: 200 }),
        (Side::Shopify, Fault::TruncatedJson),
        (Side::Visma, Fault::Html { code: 502 }),
        (Side::Visma, Fault::TruncatedJson),
    ] {
        let bench = Bench::empty().await;
        bench.put(simple(&bench));
        bench
            .practice
            .pair
            .faults()
            .add(FaultRule::next(side, fault).times(u32::MAX));
        let report = bench
            .practice
            .engine
            .sync(RunOptions::default())
            .await
            .expect("no other run");
        if let Some(problem) = &report.failure {
            assert!(
                matches!(
                    problem.code,
                    Code::RemoteNotJson | Code::RemoteBroken | Code::RemoteUnexpected
                ),
                "{problem}"
            );
        }
        assert_eq!(bench.documents(ID).len(), 0);
        bench.practice.pair.faults().clear();
        bench.clock.advance(std::time::Duration::from_mins(30));
        bench.quiet().await;
        assert_eq!(bench.documents(ID).len(), 1);
        bench.proven().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_page_where_there_was_data_is_no_success() {
    let bench = Bench::empty().await;
    bench.put(simple(&bench));
    bench.quiet().await;
    bench.practice.pair.faults().add(
        FaultRule::next(Side::Shopify, Fault::EmptyPage)
            .operation("OrdersChanged")
            .times(1),
    );
    let report = bench
        .practice
        .engine
        .sync(RunOptions::default())
        .await
        .expect("no other run");
    clear(&report.failure.expect("suspicious"), Code::RemoteEmpty);
    bench.quiet().await;
    assert_eq!(bench.documents(ID).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn withheld_customer_data_is_held_and_never_written() {
    let bench = Bench::empty().await;
    bench
        .practice
        .pair
        .shopify()
        .change_config(|config| config.level_2_withheld = true);
    let order = simple(&bench);
    held_then_booked(
        &bench,
        order.clone(),
        Code::CustomerWithheld,
        async |bench: &Bench| {
            bench
                .practice
                .pair
                .shopify()
                .change_config(|config| config.level_2_withheld = false);
            bench.put(order);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_period_is_held_and_booked_when_it_opens() {
    let bench = Bench::empty().await;
    let period = bench.clock.now().format("%Y%m").to_string();
    bench.practice.pair.visma().close_period(&period, true);
    held_then_booked(
        &bench,
        simple(&bench),
        Code::PeriodClosed,
        async |bench: &Bench| {
            bench.practice.pair.visma().close_period(&period, false);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_vat_combination_names_what_to_map() {
    let bench = Bench::empty().await;
    let engine = &bench.practice.engine;
    let full = engine.settings().expect("readable");
    let mut thin = (*full).clone();
    thin.vat.retain(|row| row.key.rate != 25.into());
    engine.put_settings(&thin, "test").expect("kept");
    held_then_booked(
        &bench,
        simple(&bench),
        Code::VatUnmapped,
        async |bench: &Bench| {
            let problem = bench.record(ID).problem.expect("a reason");
            assert_eq!(
                (
                    problem.params["rate"].as_str(),
                    problem.params["country"].as_str()
                ),
                ("25", "NO")
            );
            bench
                .practice
                .engine
                .put_settings(&full, "test")
                .expect("kept");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_sku_waits_for_the_merchants_choice() {
    let bench = Bench::empty().await;
    let mut order = simple(&bench);
    order["lineItems"][0]["sku"] = Value::Null;
    held_then_booked(&bench, order, Code::SkuMissing, async |bench: &Bench| {
        let engine = &bench.practice.engine;
        let mut settings = Arc::unwrap_or_clone(engine.settings().expect("readable"));
        settings.missing_item = brygga_core::settings::MissingItem::DefaultItem {
            item: "DIVERSE".into(),
        };
        engine.put_settings(&settings, "test").expect("kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_customers_with_one_e_mail_are_a_question() {
    let bench = Bench::empty().await;
    let order = simple(&bench);
    bench.put(order.clone());
    bench.quiet().await;
    let number = bench.document(ID).customer;
    let twin = bench
        .practice
        .pair
        .visma()
        .add_duplicate_customer(&number)
        .expect("a twin");
    // The same buyer as a guest: no link, two candidates.
    let mut guest = orders::simple(bench.practice.pair.shop_data(), ID + 1, bench.clock.now());
    guest["customer"] = Value::Null;
    guest["purchasingEntity"] = Value::Null;
    bench.put(guest);
    bench.quiet().await;
    let problem = bench.record(ID + 1).problem.expect("a question");
    clear(&problem, Code::CustomerAmbiguous);
    assert!(
        problem.params["numbers"].contains(&twin) && problem.params["numbers"].contains(&number),
        "{problem}"
    );
    assert_eq!(bench.documents(ID + 1).len(), 0);
}

/// A product with its own file on the bench's pair.
pub(crate) async fn with_file(bench: &Bench, options: OpenOptions) -> Result<Ground, Problem> {
    let clock: Arc<dyn Clock> = Arc::clone(&bench.clock) as Arc<dyn Clock>;
    let ground = Ground {
        store: Arc::new(Store::open(options, Arc::clone(&clock))?),
        secrets: Arc::new(Memory::default()),
        clock,
        ids: Arc::new(RandomIds),
        http: HttpConfig::default(),
        rates: RateHosts::at(bench.practice.pair.rates_url())?,
        place: Place::default(),
    };
    brygga_practice::connect(
        &ground,
        &bench.practice.pair.shopify_url(),
        &bench.practice.pair.visma_url(),
    )
    .await?;
    Ok(ground)
}

pub(crate) fn same_key(key: &DataKey) -> DataKey {
    DataKey::from_base64(&key.to_base64()).expect("a key")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_the_run_and_loses_nothing() {
    let bench = Bench::empty().await;
    for id in ID..ID + 30 {
        bench.put(orders::simple(
            bench.practice.pair.shop_data(),
            id,
            bench.clock.now() - TimeDelta::minutes(3),
        ));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("brygga.db");
    let key = DataKey::generate().expect("random numbers");
    let settings = bench.practice.engine.settings().expect("readable");
    let small = OpenOptions {
        max_page_count: Some(75),
        ..OpenOptions::new(&path, same_key(&key))
    };
    let ground = with_file(&bench, small).await.expect("it fits so far");
    let engine = ground.engine(Arc::new(Unwatched)).expect("connected");
    engine
        .put_settings(&settings, "test")
        .expect("it fits so far");
    let failed = match engine.sync(RunOptions::default()).await {
        Ok(report) => report.failure.expect("the disk is full"),
        Err(problem) => problem,
    };
    clear(&failed, Code::StoreFull);
    drop((engine, ground));

    let ground = with_file(&bench, OpenOptions::new(&path, key))
        .await
        .expect("there is room again");
    let engine = ground.engine(Arc::new(Unwatched)).expect("connected");
    engine.put_settings(&settings, "test").expect("kept");
    for _ in 0..6 {
        let report = engine
            .sync(RunOptions::default())
            .await
            .expect("no other run");
        assert_eq!(report.failure, None);
        bench.clock.advance(std::time::Duration::from_mins(20));
    }
    for id in ID..ID + 30 {
        assert_eq!(bench.documents(id).len(), 1, "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_program_on_one_file_is_kept_out() {
    let bench = Bench::empty().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("brygga.db");
    let key = DataKey::generate().expect("random numbers");
    let first = with_file(&bench, OpenOptions::new(&path, same_key(&key)))
        .await
        .expect("the first");
    let second = with_file(&bench, OpenOptions::new(&path, same_key(&key))).await;
    clear(&second.err().expect("kept out"), Code::StoreInUse);
    drop(first);
    let other_key = DataKey::generate().expect("random numbers");
    let wrong = with_file(&bench, OpenOptions::new(&path, other_key)).await;
    clear(&wrong.err().expect("the key does not fit"), Code::StoreKey);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_than_this_computers_is_refused() {
    let bench = Bench::empty().await;
    let connection = ShopConnection {
        domain: practice::SHOP_DOMAIN.into(),
        client_id: Some(practice::SHOP_CLIENT_ID.into()),
        base_url: Some("https://example.com".into()),
    };
    let refused = bench
        .practice
        .ground
        .connect_shop(connection, Some(SecretString::from("x")))
        .await
        .expect_err("refused");
    clear(&refused, Code::AddressNotLoopback);
}
