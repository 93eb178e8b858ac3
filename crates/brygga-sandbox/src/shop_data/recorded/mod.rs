//! Orders recorded from real stores, read from a folder by the rules of `design` 7 (`--shop-data`).
//!
//! A recording is thin: it holds what one query selected. So the pieces of one order are put together in the order in which they were recorded
//! (`gather`, `join`), and the last state that is whole is served (`complete`). What nobody selected may be filled in only where it says "nothing"
//! and nothing speaks against it, or where the sums prove it; each filling is reported and marked on the order.

mod complete;
mod gather;
mod join;
mod neutral;
mod parcels;
mod quiet;
mod rest;
mod sums;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use self::gather::{Folder, Piece};
use self::join::join;
use super::{Filled, NotServed, OrderLife, ShopData, ShopDataReport};

/// The attribute by which an order carries the names of what was filled in.
pub(super) const MARK: &str = "practice-filled";

/// Why a folder of recordings cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ShopDataError {
    /// The folder or a file in it cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no order in it.
    #[error("no recorded order below {0}")]
    Empty(PathBuf),
}

/// Reads the folder.
pub(super) fn read(dir: &Path) -> Result<ShopData, ShopDataError> {
    let folder = Folder::read(dir)?;
    if folder.pieces.is_empty() {
        return Err(ShopDataError::Empty(dir.to_owned()));
    }
    let shop = shop(&folder);
    let mut by_id = BTreeMap::<String, Vec<&Piece>>::new();
    for piece in &folder.pieces {
        by_id.entry(piece.id.clone()).or_default().push(piece);
    }
    let mut report = ShopDataReport {
        files: folder.files,
        found: by_id.len(),
        ..ShopDataReport::default()
    };
    let mut orders = Vec::new();
    for (id, mut pieces) in by_id {
        pieces.sort_by_key(|piece| piece.when);
        match last_whole_state(&pieces, &shop) {
            Ok(state) => {
                if !state.filled.is_empty() {
                    report.filled.push(Filled {
                        id: id.clone(),
                        fields: state.filled,
                        marked: MARK.to_owned(),
                    });
                }
                orders.push(OrderLife {
                    id,
                    versions: vec![(state.updated, state.order)],
                });
            }
            Err((missing, file)) => report.not_served.push(NotServed { id, file, missing }),
        }
    }
    report.served = orders.len();
    orders.sort_by_key(|life| life.versions[0].0);
    let customers = customers(&orders);
    let products = products(&orders);
    Ok(ShopData {
        shop,
        orders,
        customers,
        products,
        locations: Vec::new(),
        payments_account: Value::Null,
        payouts: Vec::new(),
        balance_transactions: Vec::new(),
        gift_cards: Vec::new(),
        store_credit_accounts: Vec::new(),
        report: Some(report),
        recorded: true,
        rates: Vec::new(),
        ids_after: 0,
    })
}

/// The newest state of an order that is whole. What is newer and not whole is named among the fillings: the order stands still before it.
fn last_whole_state(
    pieces: &[&Piece],
    shop: &Value,
) -> Result<complete::State, (Vec<String>, String)> {
    let newest = pieces.len();
    let mut lacks_at_last = Vec::new();
    for count in (1..=newest).rev() {
        let known = &pieces[..count];
        let joined = known.iter().fold(Value::Null, |so_far, piece| {
            if piece.whole {
                piece.value.clone()
            } else {
                join(so_far, &piece.value)
            }
        });
        let recorded = known[count - 1].when.at;
        match complete::complete(joined, recorded, shop) {
            Ok(mut state) => {
                if count < newest {
                    state.filled.push(format!(
                        "(stands before a later change that lacks {})",
                        lacks_at_last.join(", ")
                    ));
                }
                return Ok(state);
            }
            Err(missing) if count == newest => lacks_at_last = missing,
            Err(_) => {}
        }
    }
    let file = pieces
        .last()
        .map(|piece| piece.file.clone())
        .unwrap_or_default();
    Err((lacks_at_last, file))
}

/// The `Shop` object: what the recordings say of it. What they do not say is what a shop without choices has.
fn shop(folder: &Folder) -> Value {
    let currency = folder
        .shop_currency
        .clone()
        .unwrap_or_else(|| "USD".to_owned());
    let country = folder.shop_country.clone();
    let address = json!({
        "id": "gid://shopify/ShopAddress/1", "countryCodeV2": country, "address1": null, "address2": null, "zip": null, "city": null, "company": null,
        "country": null, "province": null, "provinceCode": null, "phone": null, "coordinatesValidated": false, "formatted": [], "formattedArea": null,
    });
    json!({
        "__typename": "Shop", "id": "gid://shopify/Shop/1", "name": folder.shop_name(), "myshopifyDomain": crate::practice::SHOP_DOMAIN,
        "currencyCode": currency, "enabledPresentmentCurrencies": folder.currencies, "taxesIncluded": folder.taxes_included, "taxShipping": false,
        "ianaTimezone": "Etc/UTC", "timezoneAbbreviation": "UTC", "timezoneOffset": "+0000", "timezoneOffsetMinutes": 0,
        "unitSystem": "METRIC_SYSTEM", "weightUnit": "KILOGRAMS", "email": "post@example.com", "contactEmail": "post@example.com", "shopOwnerName": "",
        "description": null, "orderNumberFormatPrefix": "#", "orderNumberFormatSuffix": "", "setupRequired": false, "url": "https://example.com",
        "primaryDomain": { "id": "gid://shopify/Domain/1", "host": "example.com", "url": "https://example.com", "sslEnabled": true },
        "plan": { "publicDisplayName": "Development", "partnerDevelopment": true, "shopifyPlus": false },
        "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-01T00:00:00Z", "shopAddress": address, "billingAddress": address, "metafields": [],
    })
}

/// The customers that served orders name, newest state last.
fn customers(orders: &[OrderLife]) -> Vec<Value> {
    let mut found = BTreeMap::<String, Value>::new();
    for (_, order) in orders.iter().flat_map(|life| &life.versions) {
        if let Some(id) = order["customer"]["id"].as_str() {
            let known = found.remove(id).unwrap_or(Value::Null);
            found.insert(id.to_owned(), join(known, &order["customer"]));
        }
    }
    found.into_values().collect()
}

/// The products that served orders name, each with the variants that were sold.
fn products(orders: &[OrderLife]) -> Vec<Value> {
    let mut found = BTreeMap::<String, (Value, BTreeMap<String, Value>)>::new();
    let mut seen = BTreeSet::new();
    for (at, order) in orders.iter().flat_map(|life| &life.versions) {
        for line in order["lineItems"].as_array().into_iter().flatten() {
            let (Some(product), Some(variant)) = (
                line["product"]["id"].as_str(),
                line["variant"]["id"].as_str(),
            ) else {
                continue;
            };
            let entry = found.entry(product.to_owned()).or_insert_with(|| {
                (
                    neutral::product(&line["product"], line, *at),
                    BTreeMap::new(),
                )
            });
            if seen.insert(variant.to_owned()) {
                entry.1.insert(
                    variant.to_owned(),
                    neutral::variant(&line["variant"], line, *at),
                );
            }
        }
    }
    found
        .into_values()
        .map(|(mut product, variants)| {
            product["variants"] = variants.into_values().collect();
            product
        })
        .collect()
}
