//! The practice Visma.net: Visma Connect, the ERP API and the SalesOrder v3 service on one loopback port.
//!
//! It is strict where the product could notice: what the real one refuses is refused with the same status and code. One module per
//! resource; what is not there yet becomes a module beside the others.

mod amounts;
mod background;
mod change;
mod connect;
mod control;
mod data;
mod erp;
mod exchange;
pub(crate) mod ledger;
mod moment;
mod orders;
mod quota;
mod serve;
mod shape;
mod shipping;
mod sign_in;
mod stock;
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
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use change::{Change, ClosedLedger};
pub use control::{LineSnapshot, OrderSnapshot};
pub use data::{
    CATEGORY_NONE, CalculateOn, CashAccount, CreditTerm, Currency, CustomerClass, EntryType,
    ITEM_CASH_ROUNDING, ITEM_CUSTOM, ITEM_DUTY, ITEM_FEE, ITEM_GIFT_CARD, ITEM_REFUND_DIFFERENCE,
    ITEM_ROUNDING, ITEM_SHIPPING, ITEM_TIP, Item, Named, OrderType, Period, RATE_TYPE, Rate,
    RateType, ReasonCode, SalesPrice, VatId, VatRow, VatZone, VismaData, WAREHOUSE,
    WAREHOUSE_STORE,
};
pub use ledger::{
    AccountBalance, AppliedSnapshot, CashSnapshot, DocumentLine, DocumentSnapshot, LedgerSnapshot,
    PaymentSnapshot, Posting, ReservedSnapshot,
};
pub use shipping::{ShipmentAction, ShipmentSnapshot};
pub use vat::TaxRow;

use crate::faults::Faults;
use crate::identity::Identity;
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
    /// How much later than their answer the ERP's actions take effect; zero: at once (`facts/visma 15`).
    pub actions_async: Duration,
    /// Does v3 take orders of the types IN, CM and RC. Expected, but unverified (`facts/visma 16`).
    pub v3_order_types: bool,
    /// Name of the company.
    pub company: String,
    /// Its tenant id.
    pub tenant: String,
}

impl Default for VismaConfig {
    fn default() -> Self {
        Self {
            vat_rounding: VatRounding::Line,
            calls_per_hour: 15_000,
            list_lag: Duration::ZERO,
            price_decimals: 2,
            quantity_decimals: 2,
            actions_async: Duration::ZERO,
            v3_order_types: true,
            company: Identity::default().name,
            tenant: Identity::default().tenant,
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

    /// All shipments, by number.
    pub fn shipments(&self) -> Vec<ShipmentSnapshot> {
        shipping::snapshots(&self.shared.lock())
    }

    /// Units of an item that lie in a warehouse.
    pub fn on_hand(&self, item: &str, warehouse: &str) -> Decimal {
        self.shared.lock().on_hand(item, warehouse)
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

    /// Invoices, credit notes, payments, cash transactions, and what every account holds.
    pub fn ledger(&self) -> LedgerSnapshot {
        ledger::snapshot(&self.shared.lock())
    }

    /// Every row of the general ledger, in the order of booking.
    pub fn journal(&self) -> Vec<Posting> {
        self.shared.lock().ledger.journal.clone()
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

    /// Makes a change as people at the ERP or its administrators do; gives back the number of a customer or payment that was made by it.
    pub fn change(&self, change: Change) -> Option<String> {
        self.shared.change(change)
    }

    /// Closes a financial period (`YYYYMM`) for customer documents, or opens it again.
    pub fn close_period(&self, id: &str, closed: bool) {
        self.change(Change::Period {
            id: id.to_owned(),
            closed,
        });
    }

    /// Adds a second customer with the same name, e-mail and numbers, as people do; returns its number.
    pub fn add_duplicate_customer(&self, number: &str) -> Option<String> {
        self.change(Change::DuplicateCustomer {
            number: number.to_owned(),
        })
    }

    /// Changes a customer as people at the ERP do: a map in the shape of `CustomerDto`, laid over what is there.
    pub fn edit_customer(&self, number: &str, with: Map<String, Value>) {
        self.change(Change::Customer {
            number: number.to_owned(),
            with,
        });
    }

    /// Takes the role "API User" away from the app's user, or gives it back: new tokens are refused with `invalid_tenant`.
    pub fn remove_role(&self, missing: bool) {
        self.change(Change::Role { missing });
    }

    /// Withdraws the customer's approval of the app, or gives it again: tokens die, new ones are refused.
    pub fn revoke(&self, withdrawn: bool) {
        self.change(Change::Approval { withdrawn });
    }

    /// Takes a scope away from the app, or gives it back. Tokens that are out are dropped.
    pub fn grant_scope(&self, scope: &str, granted: bool) {
        self.change(Change::Scope {
            scope: scope.to_owned(),
            granted,
        });
    }

    /// Ends all access tokens; new ones are given.
    pub fn expire_tokens(&self) {
        self.shared.lock().connect.drop_tokens();
    }

    /// Switches the company's rounding of document totals on (to whole units, say) or off; see [`Change::InvoiceRounding`].
    pub fn invoice_rounding(&self, to: Option<Decimal>) {
        self.change(Change::InvoiceRounding { to });
    }

    /// Sets an order's status as people at the ERP do.
    pub fn set_order_status(&self, order_type: &str, id: &str, status: &str) {
        let (order_type, id, status) = (order_type.to_owned(), id.to_owned(), status.to_owned());
        self.change(Change::OrderStatus {
            order_type,
            id,
            status,
        });
    }

    /// Marks all lines of an order as shipped, as a shipment made at the ERP does: such lines cannot be deleted.
    pub fn ship_order(&self, order_type: &str, id: &str) {
        let (order_type, id) = (order_type.to_owned(), id.to_owned());
        self.change(Change::OrderShipped { order_type, id });
    }

    /// Makes a shipment as people at the ERP do, of everything that is open in the warehouse, and confirms it; gives back its number.
    pub fn ship_by_hand(&self, order_type: &str, id: &str, warehouse: &str) -> Option<String> {
        self.change(Change::Shipment {
            order_type: order_type.to_owned(),
            id: id.to_owned(),
            warehouse: warehouse.to_owned(),
            confirm: true,
        })
    }

    /// Counts a warehouse: so many units of an item lie there.
    pub fn set_stock(&self, item: &str, warehouse: &str, units: Decimal) {
        self.change(Change::Stock {
            item: item.to_owned(),
            warehouse: warehouse.to_owned(),
            units,
        });
    }

    /// From now on actions take effect so much later than their answer.
    pub fn actions_async(&self, delay: Duration) {
        let seconds = u32::try_from(delay.as_secs()).unwrap_or(u32::MAX);
        self.change(Change::ActionsAsync { seconds });
    }

    /// Does v3 take orders of the types IN, CM and RC from now on.
    pub fn v3_order_types(&self, taken: bool) {
        self.change(Change::V3OrderTypes { taken });
    }

    /// Deletes an order as people at the ERP do.
    pub fn delete_order(&self, order_type: &str, id: &str) {
        let (order_type, id) = (order_type.to_owned(), id.to_owned());
        self.change(Change::OrderGone { order_type, id });
    }

    /// How long lists lag a write from now on.
    pub fn list_lag(&self, lag: Duration) {
        let seconds = u32::try_from(lag.as_secs()).unwrap_or(u32::MAX);
        self.change(Change::ListLag { seconds });
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
}

impl Drop for VismaServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
