//! The practice Shopify: the token endpoint and the Admin GraphQL API on one loopback port.
//!
//! It runs any document against a subset of the official schema, so a wrong query fails as it would there, and it keeps Shopify's own
//! traps: an index that lags, filters that are ignored with a warning, costs, scopes, versions that fall forward.
//! One module per mutation; root fields are in [`resolve`].

mod control;
mod fulfilment;
mod goods;
mod graphql;
mod http;
mod mutations;
mod people;
mod resolve;
mod sale;
mod search;
mod stock;
mod store;
mod take_back;
mod token;
mod versions;
mod world;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::serve::Listener as _;
use brygga_core::Clock;
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use people::ShopChange;
pub use world::{ShopifyConfig, ShopifyCounters};

pub(crate) use resolve::installation_id;

use crate::faults::Faults;
use crate::record::Recorder;
use crate::shop_data::ShopData;
use crate::visma::wire::{Loopback, Scissors};
use store::{Life, Store};
use world::World;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    clock: Arc<dyn Clock>,
    faults: Arc<Faults>,
    recorder: Arc<Recorder>,
    /// For a reset.
    origin: (ShopifyConfig, Store),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reset(&self) {
        let (config, store) = self.origin.clone();
        *self.lock() = World::new(config, store, self.clock.now());
    }
}

/// A practice Shopify that runs; it ends when this is dropped.
#[derive(Debug)]
pub struct ShopifyServer {
    shared: Arc<Shared>,
    url: String,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl ShopifyServer {
    /// Starts it on 127.0.0.1; port 0 takes a free one.
    pub async fn start(
        config: ShopifyConfig,
        data: &ShopData,
        clock: Arc<dyn Clock>,
        faults: Arc<Faults>,
        recorder: Arc<Recorder>,
        port: u16,
    ) -> io::Result<Self> {
        let listener = Loopback::bind(port).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let store = Store::new(data);
        let world = World::new(config.clone(), store.clone(), clock.now());
        let shared = Arc::new(Shared {
            world: world.into(),
            clock,
            faults,
            recorder,
            origin: (config, store),
        });
        let app = Router::new()
            .fallback(http::handle)
            .with_state(Arc::clone(&shared));
        let (stop, mut stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            let served = axum::serve(
                listener,
                app.into_make_service_with_connect_info::<Scissors>(),
            )
            .with_graceful_shutdown(async move {
                // A sender that is gone means stop, too.
                let _stopped = stopped.wait_for(|stop| *stop).await;
            });
            if let Err(error) = served.await {
                tracing::error!(%error, "the practice Shopify ended");
            }
        });
        Ok(Self {
            shared,
            url,
            stop,
            task,
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// How much was asked so far.
    pub fn counters(&self) -> ShopifyCounters {
        self.shared.lock().counters
    }

    /// The same as `/__control/state`.
    pub fn state(&self) -> Value {
        control::state(&self.shared)
    }

    /// The set-up as it is now.
    pub fn config(&self) -> ShopifyConfig {
        self.shared.lock().config.clone()
    }

    /// Changes the set-up: scopes taken away, the app uninstalled, customer data withheld.
    pub fn change_config(&self, change: impl FnOnce(&mut ShopifyConfig)) {
        change(&mut self.shared.lock().config);
    }

    /// Grants a scope, or takes it away.
    pub fn grant_scope(&self, scope: &str, granted: bool) {
        self.change_config(|config| {
            config.granted_scopes.retain(|known| known != scope);
            if granted {
                config.granted_scopes.push(scope.to_owned());
            }
        });
    }

    /// Ends all access tokens; new ones are given.
    pub fn expire_tokens(&self) {
        self.shared.lock().tokens.clear();
    }

    /// Revokes the client secret and with it all tokens, or makes it valid again.
    pub fn revoke(&self, revoked: bool) {
        let mut world = self.shared.lock();
        world.revoked = revoked;
        world.tokens.clear();
    }

    /// Deletes the static token of the legacy app, or brings it back.
    pub fn legacy_token(&self, valid: bool) {
        self.shared.lock().legacy_token_valid = valid;
    }

    /// Adds an order, or a further version of one, that shows from `at` on; the version's `updatedAt` becomes `at`.
    pub fn add_order_version(&self, at: DateTime<Utc>, mut order: Value) {
        order["updatedAt"] = Value::String(store::stamp(at));
        self.shared.lock().store.add_version(at, order);
    }

    /// An order as it is now, by its gid or its number.
    pub fn order(&self, id: &str) -> Option<Value> {
        let id = if id.starts_with("gid://") {
            id.to_owned()
        } else {
            format!("gid://shopify/Order/{id}")
        };
        self.shared
            .lock()
            .store
            .order(&id, self.shared.clock.now())
            .cloned()
    }

    /// Changes an order now and in its versions to come, as people at the shop do; false when there is no such order yet.
    pub fn change_order(&self, id: &str, change: impl Fn(&mut Value)) -> bool {
        let now = self.shared.clock.now();
        self.shared.lock().store.change_order(id, now, change)
    }

    /// Does what people at the shop do; tells the gid of what was made or changed, or why it cannot be done.
    pub fn act(&self, change: &ShopChange) -> Result<String, String> {
        people::act(
            &mut self.shared.lock().store,
            self.shared.clock.now(),
            change,
        )
    }

    /// The shop in the hands of people, wherever the server itself is.
    pub(crate) fn hands(&self) -> ShopHands {
        ShopHands(Arc::clone(&self.shared))
    }

    /// What is at a location now, by SKU and the location's number (none: the first): `available`, `committed`, `on_hand` and so on.
    pub fn quantity(&self, sku: &str, location: Option<u64>, name: &str) -> Option<i64> {
        let now = self.shared.clock.now();
        let world = self.shared.lock();
        let store = &world.store;
        let item = store.variant_by_sku(sku, now)?["inventoryItem"]["id"].as_str()?;
        let first = || {
            store.locations.first()?["id"]
                .as_str()
                .map(store::number_of)
        };
        let place = (store::number_of(item), location.or_else(first)?);
        let moves = stock::Moves::of(store, now);
        store.quantities(place, &moves, now)?.named(name)
    }

    /// A product or a variant as it is now, by gid.
    pub fn record(&self, id: &str) -> Option<Value> {
        let now = self.shared.clock.now();
        self.shared.lock().store.record(id, now).cloned()
    }

    /// The value of a metafield of an order, by the order's number.
    pub fn order_metafield(&self, order: u64, namespace: &str, key: &str) -> Option<String> {
        let world = self.shared.lock();
        let owner = format!("gid://shopify/Order/{order}");
        let found = world
            .store
            .metafields_of(&owner)
            .find(|field| field["namespace"] == namespace && field["key"] == key)?;
        found["value"].as_str().map(str::to_owned)
    }

    /// Gives Shopify Payments its payouts, balance transactions and disputes, as objects of the schema.
    pub fn set_payouts(&self, payouts: Vec<Value>, transactions: Vec<Value>, disputes: Vec<Value>) {
        let mut world = self.shared.lock();
        let lives = |records: Vec<Value>| records.into_iter().map(Life::always).collect();
        world.store.payouts = lives(payouts);
        world.store.balance_transactions = lives(transactions);
        world.store.disputes = lives(disputes);
    }

    /// How long the search index is behind from now on.
    pub fn index_lag(&self, lag: Duration) {
        self.change_config(|config| config.index_lag_s = world::lag_seconds(lag));
    }

    /// Back to the first day.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Stops it: new connections are refused, requests under way get a second to end.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(Duration::from_secs(1), &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
    }
}

impl Drop for ShopifyServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// What people at the shop do and see; it keeps no server running.
#[derive(Debug, Clone)]
pub(crate) struct ShopHands(Arc<Shared>);

impl ShopHands {
    pub(crate) fn act(&self, change: &ShopChange) -> Result<String, String> {
        people::act(&mut self.0.lock().store, self.0.clock.now(), change)
    }

    pub(crate) fn order(&self, gid: &str) -> Option<Value> {
        let now = self.0.clock.now();
        self.0.lock().store.order(gid, now).cloned()
    }

    pub(crate) fn orders_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        let world = self.0.lock();
        let first = |life: &Life| life.versions.first().map(|(since, _)| *since);
        let orders = world.store.orders.iter().filter_map(first);
        orders.filter(|at| *at > from && *at <= to).count()
    }
}

#[cfg(test)]
mod tests;
