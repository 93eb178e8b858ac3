//! An order whose product has no item waits while the products' run makes the item, and goes on by itself (`booking-rules` 3).

use std::time::Duration;

use brygga_core::policy::{Lane, Lanes};
use brygga_core::settings::{MissingItem, NewProducts};
use brygga_core::{Code, Decimal};
use brygga_engine::{Approved, Outcome, Preview, RunOptions};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::visma::{Change, VatRounding};
use brygga_store::{RecordKind, RecordState};
use brygga_tests::approvals::all_of;
use brygga_tests::{Bench, orders};
use serde_json::{Value, json};

use crate::bad_input::{ID, simple};

/// A shop with an order of a product whose item was never made.
struct Shop {
    bench: Bench,
    order: Value,
    sku: String,
    /// Items before anything was made.
    items: usize,
}

impl Shop {
    async fn with(patience: Duration, products: bool) -> Self {
        let bench = Bench::patient(40, VatRounding::Line, patience).await;
        bench
            .clock
            .set(brygga_sandbox::pair::seeded_start() - chrono::TimeDelta::days(20));
        let order = simple(&bench);
        let sku = order["lineItems"][0]["sku"].as_str().expect("a SKU");
        let sku = sku.to_owned();
        let gone = Change::ItemGone {
            number: sku.clone(),
        };
        bench.practice.pair.visma().change(gone);
        bench.keep_products();
        bench.choose(|settings| {
            settings.missing_item = MissingItem::Create;
            settings.products.on = products;
            settings.products.new_products = NewProducts::Leave;
            settings.products.new_item.goods_class = Some("VARER".into());
            settings.products.new_item.service_class = Some("TJENESTER".into());
            settings.products.new_item.vat_category = Some("HOY".into());
            settings.stock.on = false;
        });
        let items = bench.practice.pair.visma().data().items.len();
        Self {
            bench,
            order,
            sku,
            items,
        }
    }

    async fn new(products: bool) -> Self {
        Self::with(Duration::from_secs(20), products).await
    }

    fn sold(&self) {
        self.bench.put(self.order.clone());
    }

    fn made(&self) -> usize {
        self.bench.practice.pair.visma().data().items.len() - self.items
    }

    fn stands(&self) -> (RecordState, Option<Code>) {
        (self.bench.record(ID).state, self.bench.code(ID))
    }

    fn waits(&self) {
        let waiting = (RecordState::Waiting, Some(Code::WaitingForItem));
        assert_eq!(self.stands(), waiting);
        assert_eq!(self.bench.documents(ID).len(), 0);
    }

    async fn some_time(&self) {
        self.bench.clock.advance(Duration::from_mins(20));
        self.bench.sync().await;
    }

    /// In the books, once and to the cent; and nothing is done any more.
    async fn booked_once(&self) {
        assert_eq!(self.stands(), (RecordState::Booked, None));
        assert_eq!(self.made(), 1);
        assert_eq!(self.bench.document(ID).total, Decimal::from(450));
        assert_eq!(self.bench.proven().await, 1);
        for _ in 0..2 {
            self.bench.clock.advance(Duration::from_hours(25));
            let report = self.bench.sync().await;
            let calls: usize = report.flows.values().map(|flow| flow.calls).sum();
            assert_eq!((report.written, calls), (0, 0));
        }
        assert_eq!(self.made(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_waits_while_its_item_is_made_and_is_booked_once() {
    for products in [true, false] {
        let shop = Shop::new(products).await;
        shop.sold();
        let report = shop.bench.sync().await;
        assert!(report.flows["products"].written >= 1, "{products}");
        shop.waits();
        assert_eq!(shop.made(), 1, "{products}");
        let made = shop.bench.practice.engine.goods().item(&shop.sku).await;
        let made = made.expect("readable").expect("there");
        assert_eq!(made.vat_category.as_deref(), Some("HOY"));
        // The next sync, a minute later: what was read of Visma.net before does not keep it.
        shop.bench.clock.advance(Duration::from_mins(1));
        shop.bench.sync().await;
        assert_eq!(shop.stands().0, RecordState::Booked, "{products}");
        let document = shop.bench.document(ID);
        assert!(document.lines.iter().all(|line| line.item == shop.sku));
        // What the product's own fields are may be told to the shop in the first runs.
        shop.bench.quiet().await;
        shop.booked_once().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_products_are_not_kept_in_step_nothing_but_the_item_is_written() {
    let shop = Shop::new(false).await;
    // Another product without an item, and an item that the shop does not have.
    let visma = shop.bench.practice.pair.visma();
    let other = visma
        .data()
        .items
        .values()
        .find(|item| item.is_stock() && item.number != shop.sku)
        .expect("another")
        .number
        .clone();
    visma.change(Change::ItemGone { number: other });
    let before = visma.data().items.len();
    // Nobody waits: nothing is even read.
    let report = shop.bench.sync().await;
    assert!(!report.flows.contains_key("products"));
    let lanes = shop.bench.practice.engine.settings().expect("readable");
    let lanes = shop.bench.practice.engine.lanes_on(&lanes);
    assert!(lanes.has(Lane::Products), "it runs by itself");

    shop.sold();
    let report = shop.bench.sync().await;
    let flow = &report.flows["products"];
    assert_eq!((flow.decided, flow.calls, flow.written), (1, 1, 1));
    shop.some_time().await;
    assert_eq!(shop.stands().0, RecordState::Booked);
    assert_eq!(visma.data().items.len(), before + 1);
    let store = shop.bench.practice.engine.store();
    let counts = store.counts(RecordKind::Product).expect("readable");
    // The variant's record, and the item's own from now on.
    assert_eq!((counts.total(), counts.booked), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_lacks_a_choice_holds_the_order_until_it_is_chosen() {
    for products in [true, false] {
        let shop = Shop::new(products).await;
        let class = |class: Option<&str>| {
            shop.bench.choose(|settings| {
                settings.products.new_item.goods_class = class.map(str::to_owned);
                settings.products.new_item.service_class = class.map(str::to_owned);
            });
        };
        class(None);
        shop.sold();
        shop.bench.sync().await;
        shop.waits();
        shop.some_time().await;
        let held = (RecordState::Held, Some(Code::NewItemIncomplete));
        assert_eq!(shop.stands(), held, "{products}");
        // It is not asked about again and again.
        shop.some_time().await;
        assert_eq!(shop.stands(), held);
        assert_eq!(shop.made(), 0);
        let report = shop.bench.sync().await;
        assert_eq!(report.decided, 0, "{products}");

        class(Some("VARER"));
        shop.some_time().await;
        shop.waits();
        assert_eq!(shop.made(), 1);
        shop.some_time().await;
        shop.bench.quiet().await;
        shop.booked_once().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_visma_refuses_holds_the_order_and_is_tried_again_when_that_is_asked() {
    for products in [true, false] {
        let shop = Shop::new(products).await;
        let class = |class: &str| {
            shop.bench.choose(|settings| {
                settings.products.new_item.goods_class = Some(class.to_owned());
                settings.products.new_item.service_class = Some(class.to_owned());
            });
        };
        class("UKJENT");
        shop.sold();
        shop.bench.sync().await;
        shop.some_time().await;
        let held = (RecordState::Held, Some(Code::ErpRefused));
        assert_eq!(shop.stands(), held, "{products}");
        let calls = |report: &brygga_engine::RunReport| {
            report.flows.get("products").map_or(0, |flow| flow.calls)
        };
        shop.bench.clock.advance(Duration::from_hours(25));
        assert_eq!(
            calls(&shop.bench.sync().await),
            0,
            "not only as time goes by"
        );
        let record = shop.bench.record(ID).record;
        let store = shop.bench.practice.engine.store();
        store.mark_retry(&[record]).expect("known");
        assert_eq!(calls(&shop.bench.sync().await), 1, "{products}");
        shop.some_time().await;
        assert_eq!(shop.stands(), held, "refused once more");

        class("VARER");
        shop.some_time().await;
        shop.some_time().await;
        shop.bench.quiet().await;
        shop.booked_once().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_does_not_wait_for_what_never_comes() {
    let shop = Shop::new(false).await;
    let mut nameless = shop.order.clone();
    nameless["lineItems"][1]["sku"] = Value::Null;
    shop.bench.put(nameless);
    shop.bench.sync().await;
    assert_eq!(shop.stands(), (RecordState::Held, Some(Code::SkuMissing)));
    assert_eq!(shop.made(), 0, "nothing is made for an order that is held");

    // No product has this SKU.
    let mut unknown = shop.order.clone();
    for line in unknown["lineItems"].as_array_mut().expect("lines") {
        line["sku"] = json!("NEVER-SEEN");
    }
    shop.bench.put(unknown);
    shop.bench.sync().await;
    shop.waits();
    shop.some_time().await;
    assert_eq!(shop.stands(), (RecordState::Held, Some(Code::ItemNotFound)));

    // Somebody makes it in Visma.net: the order goes on by itself.
    let visma = shop.bench.practice.pair.visma();
    visma.change_data(|data| {
        let like = data.items.values().find(|item| item.is_stock());
        let mut like = like.expect("an item").clone();
        like.number = "NEVER-SEEN".into();
        like.internal_id = 900_001;
        data.items.insert(like.number.clone(), like);
    });
    shop.some_time().await;
    shop.some_time().await;
    shop.booked_once().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_added_to_a_booked_order_has_its_item_made_too() {
    let shop = Shop::new(false).await;
    let bench = &shop.bench;
    let data = bench.practice.pair.visma().data();
    let is_known = |number: &str| {
        data.items
            .get(number)
            .is_some_and(brygga_sandbox::visma::Item::is_stock)
    };
    let known = data.items.keys().find(|number| is_known(number));
    let known = json!(known.expect("an item"));
    let mut order = shop.order.clone();
    for line in order["lineItems"].as_array_mut().expect("lines") {
        line["sku"] = known.clone();
    }
    bench.put(order.clone());
    bench.quiet().await;
    assert_eq!(shop.stands(), (RecordState::Booked, None));
    assert_eq!(shop.made(), 0);

    orders::edit(&mut order, ID);
    order["lineItems"][2]["sku"] = json!(shop.sku);
    bench.put(order);
    bench.sync().await;
    let waiting = (RecordState::Waiting, Some(Code::WaitingForItem));
    assert_eq!(shop.stands(), waiting);
    assert_eq!(shop.made(), 1);
    bench.clock.advance(Duration::from_mins(1));
    bench.sync().await;
    assert_eq!(shop.stands(), (RecordState::Booked, None));
    let document = bench.document(ID);
    assert_eq!(document.total, Decimal::from(475));
    assert!(document.lines.iter().any(|line| line.item == shop.sku));
    bench.quiet().await;
    assert_eq!((shop.made(), bench.proven().await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_makes_no_second_item_for_an_order() {
    for committed in [true, false] {
        let shop = Shop::with(Duration::from_millis(800), false).await;
        let rule = FaultRule::next(Side::Visma, Fault::Timeout { committed });
        let rule = rule.method("POST").path("/v1/inventory").times(1);
        shop.bench.practice.pair.faults().add(rule);
        shop.sold();
        for _ in 0..4 {
            let report = shop.bench.practice.engine.sync(RunOptions::default()).await;
            report.expect("no other run");
            shop.bench.clock.advance(Duration::from_mins(20));
        }
        shop.booked_once().await;
    }
}

async fn preview(shop: &Shop) -> Preview {
    let preview = shop.bench.practice.engine.preview(RunOptions::default());
    preview.await.expect("no other run")
}

fn items_shown(preview: &Preview) -> Vec<Approved> {
    let mut items = all_of(preview);
    items.retain(|item| item.record.kind == RecordKind::Product);
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn the_item_is_shown_before_it_is_made_and_approved_as_shown() {
    let shop = Shop::new(false).await;
    shop.sold();
    let shown = preview(&shop).await;
    let order = shown
        .items
        .iter()
        .find(|item| item.record.id == ID.to_string());
    assert!(
        matches!(&order.expect("shown").outcome, Outcome::Waiting(problem)
            if problem.code == Code::WaitingForItem)
    );
    let approved = items_shown(&shown);
    assert_eq!((approved.len(), shop.made()), (1, 0));
    let engine = &shop.bench.practice.engine;
    let report = engine.send_approved(approved, None).await.expect("alone");
    assert_eq!((report.begun.len(), report.changed.len()), (1, 0));
    assert_eq!(shop.made(), 1);
    let shown = preview(&shop).await;
    assert_eq!(items_shown(&shown), []);
    let order = shown
        .items
        .iter()
        .find(|item| item.record.id == ID.to_string());
    assert!(matches!(
        order.expect("shown").outcome,
        Outcome::Send { .. }
    ));
    let orders: Lanes = [Lane::Orders].into_iter().collect();
    let options = RunOptions {
        lanes: orders,
        ..RunOptions::default()
    };
    engine.sync(options).await.expect("no other run");
    shop.booked_once().await;
}
