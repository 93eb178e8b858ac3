//! What people do at the ERP, and what an accountant or an administrator sets: by a typed call in the process, or as JSON at `/__control/change`.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use chrono::TimeDelta;

use super::world::World;

/// One change from the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A financial period is closed for customer documents, or opened again.
    Period {
        /// `YYYYMM`.
        id: String,
        /// Closed from now on.
        closed: bool,
    },
    /// The role "API User" of the app's user is taken away or given back: without it new tokens are refused with `invalid_tenant`.
    Role {
        /// Taken away.
        missing: bool,
    },
    /// The customer withdraws its approval of the app, or gives it again: tokens die, new ones are refused.
    Approval {
        /// Withdrawn.
        withdrawn: bool,
    },
    /// A scope of the app is granted or taken away. Tokens that are out are dropped.
    Scope {
        /// Its name.
        scope: String,
        /// Granted from now on.
        granted: bool,
    },
    /// Lists lag a write by so many seconds from now on. Reading one record never lags.
    ListLag {
        /// Seconds.
        seconds: u32,
    },
    /// A customer is edited: a map in the shape of `CustomerDto`, laid over what is there.
    Customer {
        /// Customer number.
        number: String,
        /// What changes.
        with: Map<String, Value>,
    },
    /// A second customer with the same name, e-mail and numbers is made.
    DuplicateCustomer {
        /// Number of the first.
        number: String,
    },
    /// An item gets a status, such as `Inactive`.
    Item {
        /// Inventory number.
        number: String,
        /// `InventoryDto.status`.
        status: String,
    },
    /// An item is taken out.
    ItemGone {
        /// Inventory number.
        number: String,
    },
    /// An order gets a status.
    OrderStatus {
        /// Type, such as `SO`.
        order_type: String,
        /// Number.
        id: String,
        /// Status.
        status: String,
    },
    /// All lines of an order are on a shipment: they cannot be deleted any more.
    OrderShipped {
        /// Type, such as `SO`.
        order_type: String,
        /// Number.
        id: String,
    },
    /// An order is deleted.
    OrderGone {
        /// Type, such as `SO`.
        order_type: String,
        /// Number.
        id: String,
    },
    /// The company rounds document totals to this, or no longer. The real one rounds invoices; here it shows on the order already, so that
    /// the read-back of a wrongly set-up company can be tried (`booking-rules 2`).
    InvoiceRounding {
        /// 1 for whole units; nothing switches it off.
        to: Option<Decimal>,
    },
}

/// Makes the change; gives back the number of a customer that was made.
pub(crate) fn apply(world: &mut World, change: Change) -> Option<String> {
    match change {
        Change::Period { id, closed } => {
            for period in world
                .data
                .periods
                .iter_mut()
                .filter(|period| period.id == id)
            {
                period.closed = closed;
            }
        }
        Change::Role { missing } => {
            world.connect.role_missing = missing;
            if missing {
                world.connect.drop_tokens();
            }
        }
        Change::Approval { withdrawn } => {
            world.connect.revoked = withdrawn;
            if withdrawn {
                world.connect.drop_tokens();
            }
        }
        Change::Scope { scope, granted } => {
            world.connect.grant(&scope, granted);
            world.connect.drop_tokens();
        }
        Change::ListLag { seconds } => world.list_lag = TimeDelta::seconds(seconds.into()),
        Change::Customer { number, with } => {
            let mut customer = world.customers.get(&number)?.clone();
            customer.dto.extend(with);
            world.save_customer(customer);
        }
        Change::DuplicateCustomer { number } => {
            let dto = world.customers.get(&number)?.dto.clone();
            return Some(world.put_customer(None, dto));
        }
        Change::Item { number, status } => world.data.items.get_mut(&number)?.status = status,
        Change::ItemGone { number } => {
            world.data.items.remove(&number);
        }
        Change::OrderStatus {
            order_type,
            id,
            status,
        } => {
            let mut order = world.orders.get(&(order_type, id))?.clone();
            order.status = status;
            world.put_order(order);
        }
        Change::OrderShipped { order_type, id } => {
            let mut order = world.orders.get(&(order_type, id))?.clone();
            "Shipping".clone_into(&mut order.status);
            for line in &mut order.lines {
                line.shipped = line.quantity;
            }
            world.put_order(order);
        }
        Change::OrderGone { order_type, id } => world.drop_order(&(order_type, id)),
        Change::InvoiceRounding { to } => world.round_total_to = to,
    }
    None
}
