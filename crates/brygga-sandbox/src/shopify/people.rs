//! What people do at the shop while it runs: they sell, count stock, change prices and products, hold what is to be sent. The control page
//! takes the same as JSON: `{"do": "sell", "sku": "FF-SOCK-40", "quantity": 2}`.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::goods::{self, money};
use super::mutations::fulfilments;
use super::stock::{Moves, Shelf};
use super::store::{Store, number_of, stamp};
use super::{fulfilment, sale, take_back};

/// Something that people do. Products are named by SKU; a location by its number, or none for the first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum ShopChange {
    /// Somebody buys.
    Sell {
        /// What.
        sku: String,
        /// How many.
        quantity: u32,
    },
    /// Somebody counts the shelf and sets what is available.
    SetStock {
        /// Of what.
        sku: String,
        /// The location's number.
        location: Option<u64>,
        /// What is available from now on.
        available: i64,
    },
    /// Somebody changes a price.
    SetPrice {
        /// Of what.
        sku: String,
        /// The new price.
        price: rust_decimal::Decimal,
    },
    /// Somebody changes the fields of a product.
    EditProduct {
        /// One of its SKUs.
        sku: String,
        /// Fields of the `Product` object.
        fields: serde_json::Map<String, Value>,
    },
    /// Somebody changes the fields of a variant, such as its SKU.
    EditVariant {
        /// Its SKU.
        sku: String,
        /// Fields of the `ProductVariant` object.
        fields: serde_json::Map<String, Value>,
    },
    /// Somebody changes the profile of a customer; one that is not there yet is made.
    EditCustomer {
        /// The customer's number.
        customer: u64,
        /// Fields of the `Customer` object.
        fields: serde_json::Map<String, Value>,
    },
    /// Somebody deletes a variant, and with it its inventory item.
    DeleteVariant {
        /// Its SKU.
        sku: String,
    },
    /// Somebody stops or begins tracking an item.
    Track {
        /// Of what.
        sku: String,
        /// Whether it is tracked from now on.
        tracked: bool,
    },
    /// Somebody puts an order on hold, or releases it.
    Hold {
        /// The order's number or gid.
        order: String,
        /// A `FulfillmentHoldReason`; none releases.
        reason: Option<String>,
    },
    /// Somebody fulfils an order, or a part of it.
    Fulfil {
        /// The order's number or gid.
        order: String,
        /// Which line, from 0, and how many units; all that waits when absent.
        #[serde(default)]
        lines: Vec<(usize, u32)>,
        /// Tracking numbers.
        #[serde(default)]
        tracking: Vec<String>,
    },
    /// Somebody sends one thing back and gets the money.
    Refund {
        /// The order's number or gid; the newest that is plain enough when absent.
        order: Option<String>,
    },
    /// Somebody sends one thing back and gets another; only the difference is paid.
    Exchange {
        /// The order's number or gid; the newest that is plain enough when absent.
        order: Option<String>,
        /// What goes out.
        sku: String,
    },
    /// Somebody lets one line of an order go out from another location.
    AssignLine {
        /// The order's number or gid.
        order: String,
        /// Which line, from 0.
        line: usize,
        /// The location's number.
        location: u64,
    },
    /// So many SKUs more, `GEN-00001` and on.
    Generate {
        /// How many.
        count: u32,
    },
}

/// Does it, and tells the gid of what was made or changed; the reason when it cannot be done.
pub(super) fn act(
    store: &mut Store,
    now: DateTime<Utc>,
    change: &ShopChange,
) -> Result<String, String> {
    match change {
        ShopChange::Sell { sku, quantity } => {
            sale::place(store, sku, *quantity, now).ok_or_else(|| no_sku(sku))
        }
        ShopChange::SetStock {
            sku,
            location,
            available,
        } => set_stock(store, now, sku, *location, *available),
        ShopChange::SetPrice { sku, price } => edit(store, now, sku, |variant| {
            variant["price"] = json!(money(*price));
        }),
        ShopChange::EditProduct { sku, fields } => {
            let id = product_id(store, now, sku)?;
            store.change_product(&id, now, |product| {
                for (key, value) in fields {
                    product[key.as_str()] = value.clone();
                }
            });
            Ok(id)
        }
        ShopChange::EditVariant { sku, fields } => edit(store, now, sku, |variant| {
            for (key, value) in fields {
                variant[key.as_str()] = value.clone();
                if key == "sku" {
                    variant["inventoryItem"]["sku"] = value.clone();
                }
            }
        }),
        ShopChange::EditCustomer { customer, fields } => {
            let id = format!("gid://shopify/Customer/{customer}");
            store.edit_customer(&id, now, fields);
            Ok(id)
        }
        ShopChange::DeleteVariant { sku } => delete(store, now, sku),
        ShopChange::Track { sku, tracked } => edit(store, now, sku, |variant| {
            variant["inventoryItem"]["tracked"] = json!(tracked);
        }),
        ShopChange::Hold { order, reason } => {
            let id = order_gid(order);
            let since = stamp(now);
            // A hold does not move the order's own updatedAt (facts/shopify 5.6).
            let done = store.touch_order(&id, now, |order| {
                fulfilment::hold(order, reason.as_deref(), &since);
            });
            done.then_some(id)
                .ok_or_else(|| format!("no order {order}"))
        }
        ShopChange::Fulfil {
            order,
            lines,
            tracking,
        } => fulfilments::by_hand(store, now, &order_gid(order), lines, tracking),
        ShopChange::Refund { order } => {
            let order = order.as_deref().map(order_gid);
            take_back::refund(store, now, order.as_deref())
        }
        ShopChange::Exchange { order, sku } => {
            let order = order.as_deref().map(order_gid);
            take_back::exchange(store, now, order.as_deref(), sku)
        }
        ShopChange::AssignLine {
            order,
            line,
            location,
        } => {
            let id = order_gid(order);
            let place = super::stock::location_gid(*location);
            let Some(place) = store.record(&place, now).cloned() else {
                return Err(format!("no location {location}"));
            };
            let since = stamp(now);
            let done = store.touch_order(&id, now, |order| {
                let Some(line) = order["lineItems"][*line]["id"].as_str().map(str::to_owned) else {
                    return;
                };
                if !order[fulfilment::ASSIGNED].is_object() {
                    order[fulfilment::ASSIGNED] = json!({});
                }
                order[fulfilment::ASSIGNED][line] = place.clone();
                order[fulfilment::TOUCHED] = json!(since);
            });
            done.then_some(id)
                .ok_or_else(|| format!("no order {order}"))
        }
        ShopChange::Generate { count } => {
            goods::generate(store, *count, now);
            Ok(format!("{count} more"))
        }
    }
}

fn no_sku(sku: &str) -> String {
    format!("no variant bears the SKU {sku}")
}

fn order_gid(order: &str) -> String {
    if order.starts_with("gid://") {
        order.to_owned()
    } else {
        format!("gid://shopify/Order/{order}")
    }
}

/// The product of a SKU.
fn product_id(store: &Store, now: DateTime<Utc>, sku: &str) -> Result<String, String> {
    store
        .variant_by_sku(sku, now)
        .and_then(|variant| store.product_of(variant["id"].as_str()?, now))
        .and_then(|product| product["id"].as_str())
        .map(str::to_owned)
        .ok_or_else(|| no_sku(sku))
}

fn edit(
    store: &mut Store,
    now: DateTime<Utc>,
    sku: &str,
    change: impl Fn(&mut Value),
) -> Result<String, String> {
    let product = product_id(store, now, sku)?;
    let id = store
        .variant_by_sku(sku, now)
        .and_then(|variant| variant["id"].as_str())
        .map(str::to_owned)
        .ok_or_else(|| no_sku(sku))?;
    store.change_product(&product, now, |product| {
        for variant in product["variants"].as_array_mut().into_iter().flatten() {
            if variant["id"] == id.as_str() {
                change(variant);
                variant["updatedAt"] = json!(stamp(now));
                variant["inventoryItem"]["updatedAt"] = json!(stamp(now));
            }
        }
    });
    Ok(id)
}

fn delete(store: &mut Store, now: DateTime<Utc>, sku: &str) -> Result<String, String> {
    let product = product_id(store, now, sku)?;
    let gone = store
        .variant_by_sku(sku, now)
        .and_then(|variant| variant["id"].as_str())
        .map(str::to_owned)
        .ok_or_else(|| no_sku(sku))?;
    store.change_product(&product, now, |product| {
        if let Some(variants) = product["variants"].as_array_mut() {
            variants.retain(|variant| variant["id"] != gone.as_str());
        }
        // Without its last variant the product is gone too.
        if product["variants"].as_array().is_none_or(Vec::is_empty) {
            *product = Value::Null;
        }
    });
    Ok(gone)
}

fn set_stock(
    store: &mut Store,
    now: DateTime<Utc>,
    sku: &str,
    location: Option<u64>,
    available: i64,
) -> Result<String, String> {
    let item = store
        .variant_by_sku(sku, now)
        .and_then(|variant| variant["inventoryItem"]["id"].as_str())
        .map(str::to_owned)
        .ok_or_else(|| no_sku(sku))?;
    let first = store
        .locations
        .first()
        .and_then(|location| location["id"].as_str().map(number_of));
    let location = location.or(first).unwrap_or(0);
    let place = (number_of(&item), location);
    let moves = Moves::of(store, now);
    store
        .shelves
        .entry(place)
        .or_insert_with(|| Shelf::new(0, now));
    store.set_quantity(place, "available", available, &moves, now);
    Ok(item)
}
