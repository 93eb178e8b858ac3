//! What is wrong in the company's or the app's set-up, from the start or from one day to the next: held or stopped with a
//! code, and after the repair everything goes on, once.

use brygga_core::{Clock as _, Code, Decimal, Problem};
use brygga_engine::RunOptions;
use brygga_sandbox::visma::{CalculateOn, Change};
use brygga_store::RecordState;
use brygga_tests::{Bench, orders};
use chrono::TimeDelta;
use serde_json::json;

use crate::bad_input::{ID, clear, held_then_booked, simple};

/// One sync, and why it ended early.
async fn failure(bench: &Bench) -> Problem {
    let report = bench.practice.engine.sync(RunOptions::default()).await;
    let failure = report.expect("no other run").failure;
    failure.unwrap_or_else(|| panic!("it went on: {:?}", bench.record(ID)))
}

/// A bench on which one order was booked by a program that is connected, and the next one has come in.
async fn running() -> Bench {
    let bench = Bench::empty().await;
    bench.put(simple(&bench));
    bench.quiet().await;
    let data = bench.practice.pair.shop_data();
    let at = bench.clock.now() - TimeDelta::minutes(3);
    bench.put(orders::simple(data, ID + 1, at));
    bench.practice.engine.forget_setup();
    bench
}

/// After the repair: both orders are there, once.
async fn goes_on(bench: &Bench) {
    bench.clock.advance(std::time::Duration::from_mins(20));
    bench.quiet().await;
    for id in [ID, ID + 1] {
        assert_eq!(bench.documents(id).len(), 1, "{id}");
    }
    assert_eq!(bench.proven().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_is_taken_away_while_it_runs() {
    let bench = running().await;
    let visma = bench.practice.pair.visma();
    visma.remove_role(true);
    clear(&failure(&bench).await, Code::ErpTenant);
    assert_eq!(bench.documents(ID + 1).len(), 0);
    visma.remove_role(false);
    goes_on(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_is_taken_away_while_it_runs() {
    let bench = running().await;
    let visma = bench.practice.pair.visma();
    visma.grant_scope("visma.net.erp.salesorder:write", false);
    clear(&failure(&bench).await, Code::ErpScope);
    assert_eq!(bench.documents(ID + 1).len(), 0);
    visma.grant_scope("visma.net.erp.salesorder:write", true);
    goes_on(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_takes_a_permission_away_while_it_runs() {
    // To be allowed to write is to be allowed to read (facts/shopify 1.3): both go.
    for scopes in [
        ["read_products", "write_products"],
        ["read_orders", "write_orders"],
    ] {
        let bench = running().await;
        let shopify = bench.practice.pair.shopify();
        for scope in scopes {
            shopify.grant_scope(scope, false);
        }
        let problem = failure(&bench).await;
        clear(&problem, Code::ShopAccess);
        assert_eq!(bench.documents(ID + 1).len(), 0);
        for scope in scopes {
            shopify.grant_scope(scope, true);
        }
        goes_on(&bench).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_is_uninstalled_while_it_runs() {
    let bench = running().await;
    let shopify = bench.practice.pair.shopify();
    shopify.change_config(|config| config.app_installed = false);
    clear(&failure(&bench).await, Code::ShopAppMissing);
    shopify.change_config(|config| config.app_installed = true);
    goes_on(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_without_item_waits_for_the_item() {
    let bench = Bench::empty().await;
    let order = simple(&bench);
    let sku = order["lineItems"][0]["sku"].as_str().expect("a SKU");
    let item = bench.practice.pair.visma().data().items[sku].clone();
    let number = item.number.clone();
    bench
        .practice
        .pair
        .visma()
        .change(Change::ItemGone { number });
    held_then_booked(&bench, order, Code::ItemNotFound, async |bench: &Bench| {
        let number = item.number.clone();
        let visma = bench.practice.pair.visma();
        visma.change_data(|data| {
            data.items.insert(number, item.clone());
        });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_not_for_sale_waits_for_it() {
    let bench = Bench::empty().await;
    let order = simple(&bench);
    let sku = order["lineItems"][0]["sku"].as_str().expect("a SKU");
    let sku = sku.to_owned();
    let status = |status: &str| Change::Item {
        number: sku.clone(),
        status: status.to_owned(),
    };
    bench.practice.pair.visma().change(status("Inactive"));
    held_then_booked(
        &bench,
        order.clone(),
        Code::ItemInactive,
        async |bench: &Bench| {
            bench.practice.pair.visma().change(status("Active"));
        },
    )
    .await;
}

/// Two variants with one SKU are one item: that is nothing to ask about.
#[tokio::test(flavor = "multi_thread")]
async fn two_variants_with_one_sku_are_one_item() {
    let bench = Bench::empty().await;
    let mut order = simple(&bench);
    let lines = order["lineItems"].as_array_mut().expect("lines");
    let (first, second) = (lines[0].clone(), &mut lines[1]);
    second["sku"] = json!(format!(" {} ", first["sku"].as_str().expect("a SKU")));
    second["variant"]["id"] = json!("gid://shopify/ProductVariant/424242");
    bench.put(order);
    bench.quiet().await;
    let document = bench.document(ID);
    assert_eq!(document.total, Decimal::from(450));
    assert_eq!(document.lines.len(), 2);
    assert_eq!(document.lines[0].item, document.lines[1].item);
    bench.proven().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_without_period_waits_for_the_year() {
    let bench = Bench::empty().await;
    let periods = bench.practice.pair.visma().data().periods;
    let visma = bench.practice.pair.visma();
    let month = bench.clock.now().format("%Y%m").to_string();
    visma.change_data(|data| data.periods.retain(|period| period.id != month));
    held_then_booked(
        &bench,
        simple(&bench),
        Code::PeriodMissing,
        async |bench: &Bench| {
            let visma = bench.practice.pair.visma();
            visma.change_data(|data| data.periods.clone_from(&periods));
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_that_include_vat_in_visma_are_held() {
    let bench = Bench::empty().await;
    let ids = bench.practice.pair.visma().data().vat_ids;
    let visma = bench.practice.pair.visma();
    visma.change_data(|data| {
        for id in &mut data.vat_ids {
            id.calculate_on = CalculateOn::ExtractFromItemAmount;
        }
    });
    bench.practice.engine.forget_setup();
    held_then_booked(
        &bench,
        simple(&bench),
        Code::VatIdInclusive,
        async |bench: &Bench| {
            let visma = bench.practice.pair.visma();
            visma.change_data(|data| data.vat_ids.clone_from(&ids));
        },
    )
    .await;
}

/// It shows on the document itself: booked, read back, and named for what it is.
#[tokio::test(flavor = "multi_thread")]
async fn the_companys_own_rounding_is_named() {
    let bench = Bench::empty().await;
    let visma = bench.practice.pair.visma();
    visma.invoice_rounding(Some(Decimal::ONE));
    let mut order = simple(&bench);
    let template = order["lineItems"][0].clone();
    order["lineItems"] = json!([orders::line(ID * 10, &template, 1, 1, "99.6", "19.92")]);
    orders::set_totals(&mut order, "99.6", "19.92", "99.6", "19.92");
    bench.put(order);
    bench.quiet().await;
    let row = bench.record(ID);
    assert_eq!(row.state, RecordState::Held);
    let problem = row.problem.expect("a reason");
    clear(&problem, Code::CompanyRounding);
    assert_eq!(problem.params["amount"], "0.4");
    let store = bench.practice.engine.store();
    visma.invoice_rounding(None);
    store.mark_retry(&[row.record]).expect("known");
    bench.quiet().await;
    assert_eq!(bench.record(ID).state, RecordState::Booked);
    assert_eq!(bench.documents(ID).len(), 1, "the same document");
    bench.proven().await;
}

/// Somebody deleted the document: nothing is booked behind their back, and after a retry it is booked again.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_gone_is_a_question() {
    let bench = Bench::empty().await;
    let mut order = simple(&bench);
    bench.put(order.clone());
    bench.quiet().await;
    let document = bench.document(ID);
    let visma = bench.practice.pair.visma();
    visma.delete_order(&document.order_type, &document.id);
    orders::edit(&mut order, ID);
    bench.put(order);
    bench.quiet().await;
    let row = bench.record(ID);
    assert_eq!(row.state, RecordState::Held);
    clear(&row.problem.expect("a reason"), Code::DocumentGone);
    assert_eq!(bench.documents(ID).len(), 0);
    let store = bench.practice.engine.store();
    store.mark_retry(&[row.record]).expect("known");
    bench.quiet().await;
    assert_eq!(bench.document(ID).total, Decimal::from(475));
    bench.proven().await;
}
