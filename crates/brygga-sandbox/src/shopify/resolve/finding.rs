//! What a search finds: every list at the root and the lists of Shopify Payments go through here.

use std::borrow::Cow;

use apollo_compiler::resolvers::{FieldError, ResolveInfo, ResolvedValue};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::derived::order_key;
use super::roots::Queries;
use super::{
    Connection, Key, Keyed, argument_bool, argument_int, argument_str, field_error, moment,
};
use crate::shopify::search::{Kind, Search};

/// Counts end here (`facts/shopify 3.6`).
const COUNT_CAP: usize = 25_000;

/// A record found by search.
struct Found<'r> {
    indexed: &'r Value,
    present: &'r Value,
}

impl<'r> Queries<'r> {
    /// The records that a query finds, in the state that the index knows, each with its present state.
    fn search(&self, kind: Kind, info: &ResolveInfo<'_>) -> Result<Vec<Found<'r>>, FieldError> {
        let arguments = info.arguments();
        if arguments
            .get("savedSearchId")
            .is_some_and(|id| !id.is_null())
        {
            return Err(field_error(
                "INTERNAL_SERVER_ERROR",
                "The practice shop has no saved searches.",
            ));
        }
        let search = Search::parse(kind, argument_str(arguments, "query").unwrap_or_default());
        if let Some(field) = search.not_served() {
            return Err(field_error(
                "INTERNAL_SERVER_ERROR",
                format_args!("The practice shop cannot search by {field}."),
            ));
        }
        if let Some(note) = info
            .field_selections()
            .first()
            .and_then(|field| search.note(field.response_key()))
        {
            self.context.search_notes.borrow_mut().push(note);
        }
        if self.context.tampering.empty_lists {
            return Ok(Vec::new());
        }
        let zone = self.context.zone();
        let finds = |record: &Value| search.finds(record, zone);
        let fixed = |records: &mut dyn Iterator<Item = &'r Value>| -> Vec<Found<'r>> {
            records
                .filter(|record| exists(record, self.context.now) && finds(record))
                .map(|record| Found {
                    indexed: record,
                    present: record,
                })
                .collect()
        };
        Ok(match kind {
            Kind::Orders => {
                // A listing without a query does not go through the index.
                let known = if search.is_empty() {
                    self.context.now
                } else {
                    self.context.indexed
                };
                let lives = self.store.orders.iter().filter_map(|life| {
                    Some(Found {
                        indexed: life.at(known)?,
                        present: life.at(self.context.now)?,
                    })
                });
                lives
                    .filter(|found| self.context.visible(found.present) && finds(found.indexed))
                    .collect()
            }
            Kind::Customers => fixed(&mut self.store.customers.iter().map(|one| &**one)),
            Kind::Products | Kind::Variants | Kind::InventoryItems => {
                let known = if search.is_empty() {
                    self.context.now
                } else {
                    self.context.indexed
                };
                let lives = self.store.products.iter();
                let pairs = lives.flat_map(|life| {
                    let (indexed, present) = (life.at(known), life.at(self.context.now));
                    goods_of(kind, indexed.zip(present))
                });
                // A product that was just made is not in the index yet; one that is gone is no longer served.
                pairs.filter(|found| finds(found.indexed)).collect()
            }
            Kind::FulfillmentOrders => {
                let known = self.context.indexed;
                let all = argument_bool(arguments, "includeClosed").unwrap_or(false);
                let mut found = Vec::new();
                for life in &self.store.orders {
                    let (Some(indexed), Some(present)) =
                        (life.at(known), life.at(self.context.now))
                    else {
                        continue;
                    };
                    if !self.context.visible(present) {
                        continue;
                    }
                    for one in list_of(&present["fulfillmentOrders"]) {
                        let before = list_of(&indexed["fulfillmentOrders"])
                            .find(|known| known["id"] == one["id"]);
                        let Some(before) = before else { continue };
                        let open = one["status"] != "CLOSED" && one["status"] != "CANCELLED";
                        if (all || open) && finds(before) {
                            found.push(Found {
                                indexed: before,
                                present: one,
                            });
                        }
                    }
                }
                found
            }
            Kind::GiftCards => fixed(&mut self.now(&self.store.gift_cards)),
            Kind::Collections => fixed(&mut self.store.collections.iter().map(|one| &**one)),
            Kind::Definitions => fixed(&mut self.store.definitions.iter().filter(|one| {
                let asked = |argument: &str, key: &str| {
                    argument_str(arguments, argument).is_none_or(|wanted| one[key] == wanted)
                };
                let space = argument_str(arguments, "namespace")
                    .is_none_or(|space| one["namespace"] == super::namespace(Some(space)).as_str());
                asked("ownerType", "ownerType") && asked("key", "key") && space
            })),
            Kind::Payouts => {
                let kind = argument_str(arguments, "transactionType");
                let all = self.now(&self.store.payouts);
                let seen = |one: &&Value| happened(&one["issuedAt"], self.context.now);
                fixed(
                    &mut all
                        .filter(seen)
                        .filter(|one| kind.is_none_or(|kind| one["transactionType"] == kind)),
                )
            }
            Kind::BalanceTransactions => {
                let hide = argument_bool(arguments, "hideTransfers").unwrap_or(false);
                let all = self.now(&self.store.balance_transactions);
                let seen = |one: &&Value| happened(&one["transactionDate"], self.context.now);
                fixed(
                    &mut all
                        .filter(seen)
                        .filter(|one| !hide || one["type"] != "TRANSFER"),
                )
            }
            // Levels are listed by their item or their location only.
            Kind::InventoryLevels => Vec::new(),
            Kind::Disputes => {
                let all = self.now(&self.store.disputes);
                fixed(&mut all.filter(|one| happened(&one["initiatedAt"], self.context.now)))
            }
            Kind::Locations => fixed(&mut self.store.locations.iter().map(|one| &**one)),
            Kind::Companies => fixed(&mut self.companies().into_iter()),
        })
    }

    pub(super) fn list<'a>(
        &'a self,
        kind: Kind,
        node: &str,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        self.page(kind, node, info).map(ResolvedValue::object)
    }

    /// A page of what a query finds.
    pub(super) fn page(
        &self,
        kind: Kind,
        node: &str,
        info: &ResolveInfo<'_>,
    ) -> Result<Connection<'r>, FieldError> {
        let sort = argument_str(info.arguments(), "sortKey").unwrap_or("ID");
        let found = self.search(kind, info)?;
        let key = |record: &Value| {
            if kind == Kind::Orders {
                order_key(record, sort)
            } else {
                record_key(record, sort)
            }
        };
        let items = found
            .into_iter()
            .map(|found| Keyed {
                key: key(found.indexed),
                value: Cow::Borrowed(found.present),
            })
            .collect();
        let page = Connection::new(self.context, node, items, info, None)?;
        Ok(if self.context.tampering.doubled {
            page.doubled()
        } else {
            page
        })
    }

    pub(super) fn count<'a>(
        &'a self,
        kind: Kind,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let found = self.search(kind, info)?.len();
        let limit =
            argument_int(info.arguments(), "limit").and_then(|limit| usize::try_from(limit).ok());
        let most = limit.unwrap_or(COUNT_CAP + 1).min(COUNT_CAP + 1);
        let precision = if found > most || found > COUNT_CAP {
            "AT_LEAST"
        } else {
            "EXACT"
        };
        Ok(self.made(
            "Count",
            json!({ "count": found.min(most), "precision": precision }),
        ))
    }
}

/// Whether a moment is past; what bears none always was.
fn happened(value: &Value, now: DateTime<Utc>) -> bool {
    moment(value).is_none_or(|at| at <= now)
}

/// Whether a record was made yet.
pub(super) fn exists(record: &Value, now: DateTime<Utc>) -> bool {
    moment(&record["createdAt"]).is_none_or(|created| created <= now)
}

/// What a record other than an order is sorted by.
fn record_key(record: &Value, sort: &str) -> Key {
    let number = |text: &str| text.parse().map_or(Key::None, Key::Number);
    let text = |value: &Value| {
        value
            .as_str()
            .map_or(Key::None, |text| Key::Text(text.to_owned()))
    };
    match sort {
        "CREATED_AT" => text(&record["createdAt"]),
        "UPDATED_AT" => text(&record["updatedAt"]),
        "NAME" => text(if record["name"].is_string() {
            &record["name"]
        } else {
            &record["displayName"]
        }),
        "TITLE" => text(&record["title"]),
        "SKU" => text(&record["sku"]),
        "VENDOR" => text(&record["vendor"]),
        "PRODUCT_TYPE" => text(&record["productType"]),
        "PUBLISHED_AT" => text(&record["publishedAt"]),
        "ISSUED_AT" => text(&record["issuedAt"]),
        "PROCESSED_AT" => text(&record["transactionDate"]),
        "STATUS" => text(&record["status"]),
        "TRANSACTION_TYPE" => text(&record["type"]),
        "EXPIRES_ON" => text(&record["expiresOn"]),
        "POSITION" => number(&record["position"].to_string()),
        "AMOUNT" | "NET" | "FEE" | "BALANCE" | "INITIAL_VALUE" => {
            let field = match sort {
                "NET" => "net",
                "FEE" => "fee",
                "BALANCE" => "balance",
                "INITIAL_VALUE" => "initialValue",
                _ if record["amount"].is_object() => "amount",
                _ => "net",
            };
            number(record[field]["amount"].as_str().unwrap_or_default())
        }
        _ => Key::None,
    }
}

/// A product, its variants or their items, as `kind` wants them, each in the state the index knows and in the present one.
fn goods_of<'r>(kind: Kind, product: Option<(&'r Value, &'r Value)>) -> Vec<Found<'r>> {
    let Some((indexed, present)) = product else {
        return Vec::new();
    };
    if kind == Kind::Products {
        return vec![Found { indexed, present }];
    }
    let mut found = Vec::new();
    for before in list_of(&indexed["variants"]) {
        let Some(now) = list_of(&present["variants"]).find(|one| one["id"] == before["id"]) else {
            continue;
        };
        found.push(if kind == Kind::Variants {
            Found {
                indexed: before,
                present: now,
            }
        } else {
            Found {
                indexed: &before["inventoryItem"],
                present: &now["inventoryItem"],
            }
        });
    }
    found
}

fn list_of(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
