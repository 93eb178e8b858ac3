//! The practice Visma.net: Visma Connect, the ERP API and the SalesOrder v3 service on one loopback port.
//!
//! It is strict where the product could notice: what the real one refuses is refused with the same status and code. One module per
//! resource; what is not there yet (shipments, invoices, credit notes, payments, products written) becomes a module beside the others.

mod amounts;
mod connect;
mod control;
mod data;
mod erp;
mod exchange;
mod moment;
mod orders;
mod quota;
mod serve;
mod shape;
#[cfg(test)]
mod tests;
mod trade;
mod vat;
pub(crate) mod wire;
mod world;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener as _;
use brygga_core::Clock;
use chrono::TimeDelta;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use control::{LineSnapshot, OrderSnapshot};
pub use data::{
    CATEGORY_NONE, CalculateOn, CashAccount, CreditTerm, Currency, CustomerClass, ITEM_CUSTOM,
    ITEM_DUTY, ITEM_FEE, ITEM_GIFT_CARD, ITEM_ROUNDING, ITEM_SHIPPING, ITEM_TIP, Item, Named,
    OrderType, Period, Rate, VatId, VatRow, VatZone, VismaData, WAREHOUSE, WAREHOUSE_STORE,
};
pub use vat::TaxRow;

use crate::faults::Faults;
use crate::record::Recorder;
use serve::Shared;
use wire::{Loopback, Scissors};
use world::World;

/// How VAT is rounded, for all VAT ids (`booking-rules 2`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VatRounding {
    /// Per line: `calculateOn` is `ItemAmount`.
    #[default]
    Line,
    /// Per document: `calculateOn` is `DocumentAmount`.
    Document,
}

/// How the practice Visma.net behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VismaConfig {
    /// How VAT is rounded.
    pub vat_rounding: VatRounding,
    /// Calls per window of an hour.
    pub calls_per_hour: u32,
    /// How long lists lag a write. Reading one record never lags.
    pub list_lag: Duration,
    /// Decimals that the company keeps of unit prices; the API does not show it.
    pub price_decimals: u32,
    /// Decimals that the company keeps of quantities.
    pub quantity_decimals: u32,
}

impl Default for VismaConfig {
    fn default() -> Self {
        Self {
            vat_rounding: VatRounding::Line,
            calls_per_hour: 15_000,
            list_lag: Duration::ZERO,
            price_decimals: 2,
            quantity_decimals: 2,
        }
    }
}

/// How much was asked of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct VismaCounters {
    /// Requests to the two APIs, refused ones too.
    pub calls: u64,
    /// Those among them that are not reads.
    pub writes: u64,
    /// Requests to the token endpoint.
    pub tokens: u64,
}

/// A practice Visma.net that runs; it ends when this is dropped.
#[derive(Debug)]
pub struct VismaServer {
    shared: Arc<Shared>,
    url: String,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl VismaServer {
    /// Starts it on 127.0.0.1; port 0 takes a free one.
    pub async fn start(
        config: VismaConfig,
        data: VismaData,
        clock: Arc<dyn Clock>,
        faults: Arc<Faults>,
        recorder: Arc<Recorder>,
        port: u16,
    ) -> io::Result<Self> {
        let listener = Loopback::bind(port).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let world = World::new(config.clone(), data.clone(), url.clone(), clock.now());
        let shared = Arc::new(Shared {
            world: world.into(),
            clock,
            faults,
            recorder,
            origin: (config, data),
        });
        let app = Router::new()
            .fallback(serve::handle)
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
                tracing::error!(%error, "the practice Visma.net ended");
            }
        });
        Ok(Self {
            shared,
            url,
            stop,
            task,
        })
    }

    /// `http://127.0.0.1:PORT`, of Connect and both APIs.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// How much was asked so far.
    pub fn counters(&self) -> VismaCounters {
        self.shared.lock().counters
    }

    /// All sales orders, by type and number.
    pub fn orders(&self) -> Vec<OrderSnapshot> {
        control::snapshots(&self.shared.lock())
    }

    /// All customers, in the shape of `CustomerDto`.
    pub fn customers(&self) -> Vec<Map<String, Value>> {
        self.shared
            .lock()
            .customers
            .values()
            .map(|customer| customer.dto.clone())
            .collect()
    }

    /// The same as `/__control/state`.
    pub fn state(&self) -> Value {
        control::state(&self.shared.lock())
    }

    /// The master data as it is now.
    pub fn data(&self) -> VismaData {
        self.shared.lock().data.clone()
    }

    /// Changes the master data: an item taken away, a VAT id made inclusive, a currency added.
    pub fn change_data(&self, change: impl FnOnce(&mut VismaData)) {
        change(&mut self.shared.lock().data);
    }

    /// Closes a financial period (`YYYYMM`) for customer documents, or opens it again.
    pub fn close_period(&self, id: &str, closed: bool) {
        for period in self
            .shared
            .lock()
            .data
            .periods
            .iter_mut()
            .filter(|period| period.id == id)
        {
            period.closed = closed;
        }
    }

    /// Adds a second customer with the same name, e-mail and numbers, as people do; returns its number.
    pub fn add_duplicate_customer(&self, number: &str) -> Option<String> {
        let mut world = self.shared.lock();
        world.now = self.shared.clock.now();
        let dto = world.customers.get(number)?.dto.clone();
        Some(world.put_customer(None, dto))
    }

    /// Changes a customer as people at the ERP do: a map in the shape of `CustomerDto`, laid over what is there.
    pub fn edit_customer(&self, number: &str, changes: Map<String, Value>) {
        let mut world = self.shared.lock();
        world.now = self.shared.clock.now();
        if let Some(mut customer) = world.customers.get(number).cloned() {
            customer.dto.extend(changes);
            world.save_customer(customer);
        }
    }

    /// Takes the role "API User" away from the app's user, or gives it back: new tokens are refused with `invalid_tenant`.
    pub fn remove_role(&self, removed: bool) {
        let mut world = self.shared.lock();
        world.connect.role_missing = removed;
        if removed {
            world.connect.drop_tokens();
        }
    }

    /// Withdraws the customer's approval of the app, or gives it again: tokens die, new ones are refused.
    pub fn revoke(&self, revoked: bool) {
        let mut world = self.shared.lock();
        world.connect.revoked = revoked;
        if revoked {
            world.connect.drop_tokens();
        }
    }

    /// Takes a scope away from the app, or gives it back. Tokens that are out are dropped.
    pub fn grant_scope(&self, scope: &str, granted: bool) {
        let mut world = self.shared.lock();
        world.connect.grant(scope, granted);
        world.connect.drop_tokens();
    }

    /// Ends all access tokens; new ones are given.
    pub fn expire_tokens(&self) {
        self.shared.lock().connect.drop_tokens();
    }

    /// Switches the company's rounding of document totals on (to whole units, say) or off. The real one rounds invoices; here it shows on the
    /// order already, so that the read-back of a wrongly set-up company can be tried.
    pub fn invoice_rounding(&self, to: Option<Decimal>) {
        self.shared.lock().round_total_to = to;
    }

    /// Sets an order's status as people at the ERP do.
    pub fn set_order_status(&self, order_type: &str, id: &str, status: &str) {
        self.edit_order(order_type, id, |order| status.clone_into(&mut order.status));
    }

    /// Marks all lines of an order as shipped, as a shipment made at the ERP does: such lines cannot be deleted.
    pub fn ship_order(&self, order_type: &str, id: &str) {
        self.edit_order(order_type, id, |order| {
            "Shipping".clone_into(&mut order.status);
            for line in &mut order.lines {
                line.shipped = line.quantity;
            }
        });
    }

    /// Deletes an order as people at the ERP do.
    pub fn delete_order(&self, order_type: &str, id: &str) {
        let mut world = self.shared.lock();
        let now = self.shared.clock.now();
        if let Some(order) = world.orders.remove(&(order_type.to_owned(), id.to_owned())) {
            let mut listed = order.listed;
            listed.push((now, None));
            world.deleted_orders.push(listed);
        }
    }

    /// How long lists lag a write from now on.
    pub fn list_lag(&self, lag: Duration) {
        self.shared.lock().list_lag = TimeDelta::from_std(lag).unwrap_or_default();
    }

    /// Back to the first day.
    pub fn reset(&self) {
        control::reset(&self.shared);
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

    fn edit_order(&self, order_type: &str, id: &str, edit: impl FnOnce(&mut orders::SalesOrder)) {
        let mut world = self.shared.lock();
        world.now = self.shared.clock.now();
        if let Some(mut order) = world
            .orders
            .get(&(order_type.to_owned(), id.to_owned()))
            .cloned()
        {
            edit(&mut order);
            world.stamp(&mut order);
            world.orders.insert(order.key(), order);
        }
    }
}

impl Drop for VismaServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
