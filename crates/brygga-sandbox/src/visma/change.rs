//! What people do at the ERP, and what an accountant or an administrator sets: by a typed call in the process, or as JSON at `/__control/change`.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use chrono::{NaiveDate, TimeDelta};

use super::data::{SalesUnit, WAREHOUSE};
use super::ledger::by_hand;
use super::moment;
use super::shipping::{self, Part, Request, ShipmentAction};
use super::stock::MovementKind;
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
    /// A financial period is closed in one ledger only, or opened again there.
    PeriodOf {
        /// `YYYYMM`.
        id: String,
        /// Which ledger.
        ledger: ClosedLedger,
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
    /// People's sign-ins are revoked: their refresh tokens and tokens die.
    SignInsRevoked {},
    /// Another redirect address is registered for the application that people sign in with.
    RedirectAddress {
        /// Exactly as the application will send it.
        address: String,
    },
    /// Refresh tokens stay good when they are used ("Re-use"), or not ("One-time").
    RefreshTokens {
        /// They stay.
        reuse: bool,
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
    /// An item is sold in another unit than it is counted in.
    ItemUnit {
        /// Inventory number.
        number: String,
        /// `InventoryDto.salesUnit`, such as `ESKE`.
        unit: String,
        /// Base units in one.
        holds: Decimal,
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
    /// An item's own fields are edited: it comes back in the next delta. What is absent stays.
    ItemEdited {
        /// Inventory number.
        number: String,
        /// Default price, in the company's currency; its plain base price follows.
        #[serde(default)]
        price: Option<Decimal>,
        /// Text.
        #[serde(default)]
        description: Option<String>,
        /// `InventoryDto.status`.
        #[serde(default)]
        status: Option<String>,
        /// EAN.
        #[serde(default)]
        barcode: Option<String>,
        /// Kilograms.
        #[serde(default)]
        weight: Option<Decimal>,
    },
    /// A warehouse is counted: so many units of an item lie there.
    Stock {
        /// Inventory number.
        item: String,
        /// Warehouse.
        warehouse: String,
        /// Units.
        units: Decimal,
    },
    /// Units go out of a warehouse that no order knows of: sold at the desk, broken, given away.
    StockIssued {
        /// Inventory number.
        item: String,
        /// Warehouse.
        warehouse: String,
        /// Units.
        units: Decimal,
    },
    /// People make a shipment of everything that an order has open in a warehouse; the number given back is the shipment's.
    Shipment {
        /// Type, such as `SO`.
        order_type: String,
        /// Number.
        id: String,
        /// Warehouse.
        warehouse: String,
        /// And the goods leave.
        confirm: bool,
    },
    /// The warehouse ships an order, or a part of it, with labels on the boxes; the number given back is the shipment's.
    WarehouseShips {
        /// Type, such as `SO`.
        order_type: String,
        /// Number.
        id: String,
        /// Warehouse.
        warehouse: String,
        /// Line number of the order and units; all that is open when absent.
        #[serde(default)]
        lines: Vec<(i32, Decimal)>,
        /// Tracking numbers, a box for each.
        #[serde(default)]
        tracking: Vec<String>,
        /// Who carries it.
        #[serde(default)]
        carrier: Option<String>,
        /// And the goods leave.
        confirm: bool,
    },
    /// The boxes of a shipment get these tracking numbers, also after the goods have left.
    ShipmentTracked {
        /// Number of the shipment.
        number: String,
        /// Tracking numbers, a box for each, in place of those that were there.
        tracking: Vec<String>,
        /// Who carries it; as before when absent.
        #[serde(default)]
        carrier: Option<String>,
    },
    /// People confirm, correct or cancel a shipment.
    ShipmentDone {
        /// Number of the shipment.
        number: String,
        /// What they do.
        action: ShipmentAction,
    },
    /// People make the invoice or credit note of an order; the number given back is the document's.
    OrderInvoiced {
        /// Type, such as `SO`.
        order_type: String,
        /// Number.
        id: String,
    },
    /// From now on actions take effect so many seconds after their answer; 0: at once.
    ActionsAsync {
        /// Seconds.
        seconds: u32,
    },
    /// Does v3 take orders of the types IN, CM and RC from now on.
    V3OrderTypes {
        /// It does.
        taken: bool,
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
    /// Somebody puts an invoice, credit note or payment in the books.
    Released {
        /// `Invoice`, `CreditNote`, `Payment`, `Prepayment` or `Refund`.
        kind: String,
        /// Number.
        number: String,
    },
    /// Somebody changes an invoice or credit note that is not in the books.
    DocumentEdited {
        /// `Invoice` or `CreditNote`.
        kind: String,
        /// Number.
        number: String,
        /// A body as the API takes it: `{"invoiceText": {"value": "..."}}`.
        with: Map<String, Value>,
    },
    /// Somebody deletes an invoice, credit note or payment that is not in the books.
    LedgerGone {
        /// Kind.
        kind: String,
        /// Number.
        number: String,
    },
    /// Somebody takes a released payment back.
    PaymentVoided {
        /// `Payment`, `Prepayment` or `Refund`.
        kind: String,
        /// Number.
        number: String,
    },
    /// Money for a released invoice arrives at the bank and is booked; gives back the payment's number.
    InvoicePaid {
        /// Number of the invoice.
        number: String,
        /// Cash account of the bank, such as `1920-NOK`.
        cash_account: String,
        /// How much; all of its balance when absent.
        amount: Option<Decimal>,
        /// When; today when absent.
        date: Option<NaiveDate>,
    },
    /// Balanced invoices of sales orders refuse every change by the API, or take it.
    OrderInvoicesLocked {
        /// Refuse.
        locked: bool,
    },
    /// Applications that are added to a released payment are in the books at once, or with its next release.
    ApplyAtOnce {
        /// At once.
        on: bool,
    },
    /// The amounts of invoices and credit notes with and without `InCurrency` change places.
    SwappedAmounts {
        /// Changed.
        on: bool,
    },
    /// How much of a balance may be written off beside a payment.
    WriteOffLimit {
        /// In the document's currency.
        to: Decimal,
    },
    /// The company rounds document totals to this, or no longer. The real one rounds invoices; here it shows on the order already, so that
    /// the read-back of a wrongly set-up company can be tried (`booking-rules 2`).
    InvoiceRounding {
        /// 1 for whole units; nothing switches it off.
        to: Option<Decimal>,
    },
}

/// A ledger whose periods are closed on their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedLedger {
    /// Invoices, credit notes, payments.
    Customer,
    /// Cash transactions.
    Cash,
    /// Shipments and stock.
    Inventory,
    /// Everything.
    General,
}

/// Makes the change; gives back the number of what was made: a customer, a shipment, a document, a payment. What the ERP refuses changes nothing.
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
        Change::PeriodOf { id, ledger, closed } => {
            for period in world
                .data
                .periods
                .iter_mut()
                .filter(|period| period.id == id)
            {
                match ledger {
                    ClosedLedger::Customer => period.closed = closed,
                    ClosedLedger::Cash => period.closed_cash = closed,
                    ClosedLedger::Inventory => period.closed_inventory = closed,
                    ClosedLedger::General => period.closed_general = closed,
                }
            }
        }
        Change::Released { kind, number } => {
            by_hand::release(world, &by_hand::key(&kind, &number).ok()?).ok()?;
        }
        Change::DocumentEdited { kind, number, with } => {
            by_hand::edit(world, &by_hand::key(&kind, &number).ok()?, &with).ok()?;
        }
        Change::LedgerGone { kind, number } => {
            by_hand::delete(world, &by_hand::key(&kind, &number).ok()?).ok()?;
        }
        Change::PaymentVoided { kind, number } => {
            by_hand::void(world, &by_hand::key(&kind, &number).ok()?).ok()?;
        }
        Change::InvoicePaid {
            number,
            cash_account,
            amount,
            date,
        } => return by_hand::pay(world, &number, &cash_account, amount, date).ok(),
        Change::OrderInvoicesLocked { locked } => world.ledger.order_invoices_locked = locked,
        Change::ApplyAtOnce { on } => world.ledger.apply_at_once = on,
        Change::SwappedAmounts { on } => world.ledger.swapped_amounts = on,
        Change::WriteOffLimit { to } => world.ledger.write_off_limit = to,
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
        Change::SignInsRevoked {} => world.connect.revoke_people(),
        Change::RedirectAddress { address } => world.connect.sign_ins.register(address),
        Change::RefreshTokens { reuse } => world.connect.sign_ins.reuse = reuse,
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
        Change::Item { number, status } => {
            world.data.items.get_mut(&number)?.status = status;
            world.touch_item(&number);
        }
        Change::ItemUnit {
            number,
            unit,
            holds,
        } => {
            let item = world.data.items.get_mut(&number)?;
            item.sales_unit = Some(SalesUnit { name: unit, holds });
            world.touch_item(&number);
        }
        Change::ItemEdited {
            number,
            price,
            description,
            status,
            barcode,
            weight,
        } => {
            let item = world.data.items.get_mut(&number)?;
            item.description = description.unwrap_or(item.description.clone());
            item.status = status.unwrap_or(item.status.clone());
            item.barcode = barcode.or(item.barcode.take());
            item.weight = weight.unwrap_or(item.weight);
            if let Some(price) = price {
                let before = std::mem::replace(&mut item.default_price, price);
                let row =
                    world.data.sales_prices.iter_mut().find(|row| {
                        row.item == number && row.kind == "Base" && row.price == before
                    });
                if let Some(row) = row {
                    row.price = price;
                    let record = row.record;
                    world.touch_price(record);
                }
            }
            world.touch_item(&number);
        }
        Change::Stock {
            item,
            warehouse,
            units,
        } => {
            let moved = units - world.on_hand(&item, &warehouse);
            let day = moment::local_date(world.now);
            let lines = vec![((item, warehouse), moved)];
            return Some(world.move_stock(MovementKind::Adjustment, day, lines));
        }
        Change::StockIssued {
            item,
            warehouse,
            units,
        } => {
            let day = moment::local_date(world.now);
            let lines = vec![((item, warehouse), -units)];
            return Some(world.move_stock(MovementKind::Issue, day, lines));
        }
        Change::Shipment {
            order_type,
            id,
            warehouse,
            confirm,
        } => {
            let request = Request {
                order: (order_type, id),
                date: moment::local_date(world.now),
                warehouse,
                operation: None,
                without_stock: false,
            };
            let number = shipping::create(world, &request).ok()?;
            if confirm {
                shipping::act(world, &number, ShipmentAction::Confirm).ok()?;
            }
            return Some(number);
        }
        Change::WarehouseShips {
            order_type,
            id,
            warehouse,
            lines,
            tracking,
            carrier,
            confirm,
        } => {
            let part = Part {
                order: (order_type, id),
                warehouse,
                date: moment::local_date(world.now),
                lines,
                tracking,
                carrier,
                confirm,
            };
            return shipping::ship(world, &part).ok();
        }
        Change::ShipmentTracked {
            number,
            tracking,
            carrier,
        } => shipping::track(world, &number, &tracking, carrier.as_deref()).ok()?,
        Change::ShipmentDone { number, action } => shipping::act(world, &number, action).ok()?,
        Change::OrderInvoiced { order_type, id } => {
            return shipping::prepare(world, &(order_type, id)).ok();
        }
        Change::ActionsAsync { seconds } => {
            world.action_delay = TimeDelta::seconds(seconds.into());
        }
        Change::V3OrderTypes { taken } => world.v3_order_types = taken,
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
            let request = Request {
                order: (order_type.clone(), id.clone()),
                date: moment::local_date(world.now),
                warehouse: WAREHOUSE.to_owned(),
                operation: None,
                without_stock: true,
            };
            if let Ok(number) = shipping::create(world, &request) {
                return Some(number);
            }
            // Nothing on it needs a shipment: marked as shipped all the same.
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
