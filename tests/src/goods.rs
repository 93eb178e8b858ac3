//! A bench whose goods are kept in step, and a shop in which somebody buys at the worst moment.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use brygga_core::Problem;
use brygga_core::goods::{
    FieldChange, ItemChange, ItemDraft, PriceRow, ProductDraft, ProductItem, ShopLevel,
    StockConnection, StockWrite, Variant,
};
use brygga_core::settings::{PriceVat, Settings};
use brygga_engine::ports::{Goods, ItemStock, Reading, RefusedRow, Unwatched, WriteError};
use brygga_engine::{Engine, ExchangeLog, FlowReport, Parts, RunOptions};
use brygga_store::{RecordKind, RecordRef, RecordRow};
use chrono::{DateTime, Utc};

use crate::Bench;

/// The main warehouse of the practice company.
pub const MAIN: &str = "HOVED";
/// The first location of the practice shop.
pub const FIRST: u64 = 61_000_000_001;

impl Bench {
    /// Changes the merchant's choices.
    pub fn choose(&self, change: impl FnOnce(&mut Settings)) {
        let engine = &self.practice.engine;
        let mut settings = Arc::unwrap_or_clone(engine.settings().expect("readable"));
        change(&mut settings);
        engine.put_settings(&settings, "test").expect("storable");
    }

    /// Switches stock on: the main warehouse is the first location.
    pub fn keep_stock(&self) {
        self.grant();
        self.choose(|settings| {
            settings.stock.on = true;
            settings.stock.locations = BTreeMap::from([(MAIN.to_owned(), FIRST.to_string())]);
        });
    }

    /// Switches products on: Visma.net's prices get the VAT of customers at home.
    pub fn keep_products(&self) {
        self.grant();
        self.choose(|settings| {
            let zone = settings
                .vat
                .iter()
                .find(|row| row.key.destination == "NO")
                .map(|row| row.zone.clone())
                .expect("a zone at home");
            settings.products.on = true;
            settings
                .products
                .product_types
                .insert("VARER".into(), "Varer".into());
            settings.products.price_vat = PriceVat::Add { zone };
        });
    }

    /// Scopes that only goods need.
    fn grant(&self) {
        for scope in [
            "read_inventory",
            "write_inventory",
            "write_products",
            "read_locations",
        ] {
            self.practice.pair.shopify().grant_scope(scope, true);
        }
    }

    /// One sync; what a flow did in it. It must not fail.
    pub async fn flow(&self, name: &str) -> FlowReport {
        let report = self.sync().await;
        let flow = report.flows.get(name).cloned().expect("the flow ran");
        assert_eq!(flow.failure, None, "{name}");
        flow
    }

    /// Where an item stands.
    pub fn item(&self, kind: RecordKind, number: &str) -> RecordRow {
        self.practice
            .engine
            .store()
            .record(&RecordRef::new(kind, number))
            .expect("readable")
            .unwrap_or_else(|| panic!("{number} was not seen"))
    }

    /// So many SKUs on both sides, `GEN-00001` and on, each with so many units in the main warehouse.
    pub fn generate(&self, count: u32, units: u32) {
        let pair = &self.practice.pair;
        let change = brygga_sandbox::shopify::ShopChange::Generate { count };
        pair.shopify().act(&change).expect("more products");
        pair.visma().change_data(|data| {
            let like = data
                .items
                .values()
                .find(|item| item.is_stock())
                .expect("a stock item")
                .clone();
            for number in 1..=count {
                let mut item = like.clone();
                item.number = format!("GEN-{number:05}");
                item.internal_id = 500_000 + i32::try_from(number).expect("small");
                item.on_hand = units.into();
                data.items.insert(item.number.clone(), item);
            }
        });
    }

    /// What may be sold of a SKU at the first location.
    pub fn sellable(&self, sku: &str) -> i64 {
        self.practice
            .pair
            .shopify()
            .quantity(sku, Some(FIRST), "available")
            .unwrap_or_else(|| panic!("{sku} is not stocked"))
    }

    /// What the product is made of, to be put together with one part in between.
    pub fn engine_parts(&self) -> Parts {
        let engine = &self.practice.engine;
        Parts {
            shop: Arc::clone(engine.shop()),
            erp: Arc::clone(engine.erp()),
            goods: Arc::clone(engine.goods()),
            payouts: Arc::clone(engine.payouts_port()),
            rates: Arc::clone(engine.rates_port()),
            store: Arc::clone(engine.store()),
            clock: Arc::clone(engine.clock()),
            ids: Arc::clone(engine.ids()),
            events: Arc::new(Unwatched),
            exchanges: Arc::new(ExchangeLog::default()),
        }
    }

    /// The same product with `goods` in between.
    pub fn engine_over(&self, goods: Arc<dyn Goods>) -> Engine {
        Engine::new(Parts {
            goods,
            ..self.engine_parts()
        })
    }

    /// One sync of another engine; what a flow did in it.
    pub async fn flow_of(engine: &Engine, name: &str) -> FlowReport {
        let report = engine
            .sync(RunOptions::default())
            .await
            .expect("no other run");
        assert_eq!(report.failure, None);
        report.flows.get(name).cloned().expect("the flow ran")
    }
}

/// What happens between reading levels and writing them.
type Meanwhile = Box<dyn FnMut() + Send>;

/// The goods of both sides, with something that happens just before the first quantity is set, and a shop that may not say which
/// row is bad.
pub struct Between {
    goods: Arc<dyn Goods>,
    meanwhile: Mutex<Option<Meanwhile>>,
    /// Refusals come without the row's place.
    pub mute: AtomicBool,
}

impl Between {
    /// `meanwhile` happens once.
    pub fn new(goods: &Arc<dyn Goods>, meanwhile: impl FnMut() + Send + 'static) -> Self {
        Self {
            goods: Arc::clone(goods),
            meanwhile: Mutex::new(Some(Box::new(meanwhile))),
            mute: AtomicBool::new(false),
        }
    }
}

#[async_trait]
impl Goods for Between {
    async fn variants_changed(
        &self,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<Variant>, Problem> {
        self.goods.variants_changed(since).await
    }

    async fn variants(&self, ids: &[String]) -> Result<Vec<Variant>, Problem> {
        self.goods.variants(ids).await
    }

    async fn variants_by_sku(&self, sku: &str) -> Result<Vec<Variant>, Problem> {
        self.goods.variants_by_sku(sku).await
    }

    async fn levels(&self, items: &[String]) -> Result<Vec<ShopLevel>, Problem> {
        self.goods.levels(items).await
    }

    async fn set_quantities(
        &self,
        rows: &[StockWrite],
        key: &str,
    ) -> Result<Vec<RefusedRow>, WriteError> {
        let meanwhile = self
            .meanwhile
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(mut meanwhile) = meanwhile {
            meanwhile();
        }
        let mut refused = self.goods.set_quantities(rows, key).await?;
        if self.mute.load(Ordering::SeqCst) {
            for row in &mut refused {
                row.row = None;
            }
        }
        Ok(refused)
    }

    async fn connect_item(
        &self,
        connection: &StockConnection,
        key: &str,
    ) -> Result<(), WriteError> {
        self.goods.connect_item(connection, key).await
    }

    async fn update_variants(
        &self,
        product: &str,
        rows: &[(String, Vec<FieldChange>)],
    ) -> Result<(Vec<Variant>, Vec<RefusedRow>), WriteError> {
        self.goods.update_variants(product, rows).await
    }

    async fn update_product(
        &self,
        product: &str,
        fields: &[FieldChange],
    ) -> Result<(), WriteError> {
        self.goods.update_product(product, fields).await
    }

    async fn archive_product(&self, product: &str) -> Result<(), WriteError> {
        self.goods.archive_product(product).await
    }

    async fn create_product(&self, draft: &ProductDraft) -> Result<Variant, WriteError> {
        self.goods.create_product(draft).await
    }

    async fn item(&self, number: &str) -> Result<Option<ProductItem>, Problem> {
        self.goods.item(number).await
    }

    async fn create_item(&self, draft: &ItemDraft) -> Result<(), WriteError> {
        self.goods.create_item(draft).await
    }

    async fn update_item(&self, number: &str, changes: &[ItemChange]) -> Result<(), WriteError> {
        self.goods.update_item(number, changes).await
    }

    async fn items(&self, since: Option<DateTime<Utc>>) -> Result<Reading<ProductItem>, Problem> {
        self.goods.items(since).await
    }

    async fn prices(&self, since: Option<DateTime<Utc>>) -> Result<Reading<PriceRow>, Problem> {
        self.goods.prices(since).await
    }

    async fn stock(&self, since: Option<DateTime<Utc>>) -> Result<Reading<ItemStock>, Problem> {
        self.goods.stock(since).await
    }
}
