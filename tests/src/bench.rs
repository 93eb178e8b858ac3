//! A practice pair with the product on it, and a clock that jumps.

use std::sync::Arc;
use std::time::Duration;

use brygga_core::clock::JumpClock;
use brygga_core::settings::{GatewayRow, GatewayRule};
use brygga_core::{Clock, Code, Problem};
use brygga_engine::{RunOptions, RunReport};
use brygga_http::HttpConfig;
use brygga_practice::{Practice, PracticeOptions};
use brygga_sandbox::pair::{PairConfig, ShopSource, seeded_start};
use brygga_sandbox::visma::{OrderSnapshot, VatRounding};
use brygga_store::{RecordKind, RecordRow};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// The bench.
pub struct Bench {
    /// The pair and the product.
    pub practice: Practice,
    /// Their clock.
    pub clock: Arc<JumpClock>,
}

impl Bench {
    /// A shop with so many seeded orders; the clock stands at the beginning of their month.
    pub async fn with(orders: u32, vat_rounding: VatRounding) -> Self {
        Self::patient(orders, vat_rounding, Duration::from_secs(20)).await
    }

    /// The same, waiting only so long in real time for an answer.
    pub async fn patient(orders: u32, vat_rounding: VatRounding, total_timeout: Duration) -> Self {
        let clock = Arc::new(JumpClock::at(seeded_start()));
        let shop = ShopSource::seeded(orders, 1);
        let pair = PairConfig {
            vat_rounding,
            ..PairConfig::new(shop, Arc::clone(&clock) as Arc<dyn Clock>)
        };
        let http = HttpConfig {
            total_timeout,
            ..HttpConfig::default()
        };
        let practice = Practice::start(PracticeOptions {
            pair,
            seed: 1,
            http,
        })
        .await
        .expect("the practice pair starts");
        Self { practice, clock }
    }

    /// A shop whose own orders all lie ahead: only what the test adds is there.
    pub async fn empty() -> Self {
        let bench = Self::with(40, VatRounding::Line).await;
        // Before the first seeded order.
        bench.clock.set(seeded_start() - TimeDelta::days(20));
        bench
    }

    /// The same on Friday 2026-09-11 at ten in the morning in the shop.
    pub async fn morning() -> Self {
        let bench = Self::empty().await;
        bench.clock.advance(Duration::from_hours(10));
        bench
    }

    /// The practice shop's own orders are left out by their channels: what a test adds has another.
    pub fn leave_own_out(&self) {
        let data = self.practice.pair.shop_data();
        let versions = data.orders.iter().flat_map(|life| &life.versions);
        let channels: std::collections::BTreeSet<String> = versions
            .filter_map(|(_, order)| order["sourceName"].as_str().map(str::to_owned))
            .collect();
        self.choose(|settings| settings.leave_out.channels = channels);
    }

    /// Today in the shop.
    pub fn clock_date(&self) -> chrono::NaiveDate {
        self.clock
            .now()
            .with_timezone(&chrono_tz::Europe::Oslo)
            .date_naive()
    }

    /// A gateway's money goes to this cash account.
    pub fn map_gateway(&self, gateway: &str, currency: &str, cash_account: &str, method: &str) {
        self.choose(|settings| {
            let rows = &mut settings.payments.gateways;
            rows.retain(|row| row.gateway != gateway || row.currency != currency);
            rows.push(GatewayRow {
                gateway: gateway.to_owned(),
                method: None,
                currency: currency.to_owned(),
                rule: GatewayRule::Book,
                cash_account: cash_account.to_owned(),
                payment_method: method.to_owned(),
            });
        });
    }

    /// One sync that must not fail.
    pub async fn sync(&self) -> RunReport {
        let report = self
            .practice
            .engine
            .sync(RunOptions::default())
            .await
            .expect("no other run");
        assert_eq!(report.failure, None);
        report
    }

    /// Syncs until nothing is decided any more.
    pub async fn quiet(&self) {
        for _ in 0..10 {
            if self.sync().await.decided == 0 {
                return;
            }
            self.clock.advance(Duration::from_mins(20));
        }
        panic!("it does not get quiet");
    }

    /// A plain order of this shop (paid, at home, one customer with an e-mail) with an id and a moment of its own.
    pub fn plain(&self, id: u64, at: DateTime<Utc>) -> Value {
        crate::orders::plain(self.practice.pair.shop_data(), id, at)
    }

    /// Puts a version of an order into the shop, from the clock's time on.
    pub fn put(&self, mut order: Value) {
        let now = self.clock.now();
        order["updatedAt"] = json!(now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        self.practice.pair.shopify().add_order_version(now, order);
        // Past the search index's lag.
        self.clock.advance(Duration::from_secs(30));
    }

    /// Where an order stands.
    pub fn record(&self, id: u64) -> RecordRow {
        let record = brygga_store::RecordRef::order(id.to_string());
        self.practice
            .engine
            .store()
            .record(&record)
            .expect("readable")
            .unwrap_or_else(|| panic!("order {id} was not seen"))
    }

    /// Why an order is not booked.
    pub fn code(&self, id: u64) -> Option<Code> {
        self.record(id).problem.map(|problem: Problem| problem.code)
    }

    /// The documents in Visma.net that carry an order's id.
    pub fn documents(&self, id: u64) -> Vec<OrderSnapshot> {
        let id = id.to_string();
        let ours = |order: &OrderSnapshot| {
            order.ref_no.as_deref() == Some(&id) || order.custom_str1.as_deref() == Some(&id)
        };
        self.practice
            .pair
            .visma()
            .orders()
            .into_iter()
            .filter(ours)
            .collect()
    }

    /// The one document of an order.
    pub fn document(&self, id: u64) -> OrderSnapshot {
        let mut found = self.documents(id);
        assert_eq!(found.len(), 1, "order {id}");
        found.remove(0)
    }

    /// Proves everything; there must be nothing unexplained.
    pub async fn proven(&self) -> usize {
        let proof = self
            .practice
            .engine
            .prove()
            .await
            .expect("both sides answer");
        assert_eq!(proof.differences, Vec::new());
        let booked = self
            .practice
            .engine
            .store()
            .counts(RecordKind::Order)
            .expect("readable")
            .booked;
        assert_eq!(proof.checked, booked);
        booked
    }

    /// Everything but reads that either side was asked so far.
    pub fn writes(&self) -> u64 {
        let counters = self.practice.pair.counters();
        counters.shopify.writes + counters.visma.writes
    }
}
