//! The root fields of queries, and the door to the mutations.

use std::borrow::Cow;
use std::cell::RefCell;

use apollo_compiler::ast::Value as Argument;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::derived::order_key;
use super::{
    Connection, Context, Key, Keyed, Record, access, argument_bool, argument_int, argument_str,
    field_error, moment,
};
use crate::practice;
use crate::shopify::mutations;
use crate::shopify::search::{Kind, Search};
use crate::shopify::stock::level_place;
use crate::shopify::store::{APP_NUMBER, Life, Store};
use crate::shopify::versions::versions;

/// Counts end here (`facts/shopify 3.6`).
const COUNT_CAP: usize = 25_000;

/// `QueryRoot`.
pub(in crate::shopify) struct Queries<'r> {
    pub(in crate::shopify) context: &'r Context<'r>,
    pub(in crate::shopify) store: &'r Store,
}

impl<'r> Queries<'r> {
    fn record(&self, declared: &str, value: Option<&'r Value>) -> ResolvedValue<'r> {
        let context = self.context;
        ResolvedValue::nullable_object(
            value.map(|value| Record::new(context, declared, Cow::Borrowed(value), None)),
        )
    }

    fn made(&self, declared: &str, value: Value) -> ResolvedValue<'r> {
        ResolvedValue::object(Record::new(self.context, declared, Cow::Owned(value), None))
    }

    /// Any record by its gid, with the order it is part of.
    fn node(&self, id: &str) -> Option<(&'r Value, Option<&'r Value>)> {
        let kind = id.strip_prefix("gid://shopify/")?.split('/').next()?;
        let visible = || {
            self.store
                .orders_at(self.context.now)
                .filter(|order| self.context.visible(order))
        };
        match kind {
            "Order" => self.context.order(id).map(|order| (order, None)),
            "Shop" => Some((&*self.store.shop, None)),
            "LineItem" => part_of(visible(), "lineItems", id),
            "Refund" => part_of(visible(), "refunds", id),
            "OrderTransaction" => part_of(visible(), "transactions", id),
            "Fulfillment" => part_of(visible(), "fulfillments", id),
            "FulfillmentOrder" => part_of(visible(), "fulfillmentOrders", id),
            "Return" => part_of(visible(), "returns", id),
            "MetafieldDefinition" => {
                let found = self.store.definitions.iter().find(|one| one["id"] == id);
                found.map(|one| (one, None))
            }
            "StoreCreditAccount" => {
                let mut all = self.now(&self.store.store_credits);
                all.find(|one| one["id"] == id).map(|one| (one, None))
            }
            "ShopifyPaymentsPayout"
            | "ShopifyPaymentsBalanceTransaction"
            | "ShopifyPaymentsDispute" => {
                let lists = [
                    &self.store.payouts,
                    &self.store.balance_transactions,
                    &self.store.disputes,
                ];
                let mut all = lists.into_iter().flat_map(|list| self.now(list));
                all.find(|one| one["id"] == id).map(|one| (one, None))
            }
            "Company" => self
                .companies()
                .into_iter()
                .find(|company| company["id"] == id)
                .map(|company| (company, None)),
            _ => self.customer_visible(id).map(|record| (record, None)),
        }
    }

    /// A record that does not change with time; customers only once they exist.
    fn customer_visible(&self, id: &str) -> Option<&'r Value> {
        self.store
            .record(id, self.context.now)
            .filter(|record| exists(record, self.context.now))
    }

    /// Records as they are now, as far as there are any yet.
    fn now(&self, lives: &'r [Life]) -> impl Iterator<Item = &'r Value> {
        let now = self.context.now;
        lives.iter().filter_map(move |life| life.at(now))
    }

    /// The companies of the shop, as far as orders and customers name them.
    fn companies(&self) -> Vec<&'r Value> {
        let mut found: Vec<&'r Value> = Vec::new();
        for order in self.store.orders_at(self.context.now) {
            let company = &order["purchasingEntity"]["company"];
            if company["id"].is_string() && !found.iter().any(|known| known["id"] == company["id"])
            {
                found.push(company);
            }
        }
        found
    }

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

    fn list<'a>(
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

    fn count<'a>(
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

/// A record found by search.
struct Found<'r> {
    indexed: &'r Value,
    present: &'r Value,
}

impl ObjectValue for Queries<'_> {
    fn type_name(&self) -> &'static str {
        "QueryRoot"
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        access::check(self.context, "QueryRoot", info)?;
        let arguments = info.arguments();
        let id = argument_str(arguments, "id").unwrap_or_default();
        Ok(match info.field_name() {
            "shop" => self.record("Shop", Some(&*self.store.shop)),
            "currentAppInstallation" => self.made("AppInstallation", self.installation()),
            "publicApiVersions" => {
                let all = versions(self.context.now).into_iter();
                ResolvedValue::list(all.map(|one| {
                    let name = if one.supported { one.handle.clone() } else { format!("{} (not supported)", one.handle) };
                    self.made("ApiVersion", json!({ "handle": one.handle, "supported": one.supported, "displayName": name }))
                }))
            }
            "orders" => self.list(Kind::Orders, "Order", info)?,
            "ordersCount" => self.count(Kind::Orders, info)?,
            "order" => self.record("Order", self.context.order(id)),
            "orderByIdentifier" => {
                let identifier = arguments.get("identifier");
                match identifier
                    .and_then(|one| one.get("id"))
                    .and_then(JsonValue::as_str)
                {
                    Some(id) => self.record("Order", self.context.order(id)),
                    None => self.record("Order", self.order_by_metafield(identifier)),
                }
            }
            "refund" => self.node_record("Refund", id),
            "customers" => self.list(Kind::Customers, "Customer", info)?,
            "customersCount" => self.count(Kind::Customers, info)?,
            "customer" => self.record("Customer", self.customer_visible(id)),
            "customerByIdentifier" => self.record("Customer", self.customer_by(arguments)?),
            "companies" => self.list(Kind::Companies, "Company", info)?,
            "company" => self.record(
                "Company",
                self.companies()
                    .into_iter()
                    .find(|company| company["id"] == id),
            ),
            "products" => self.list(Kind::Products, "Product", info)?,
            "product" => self.record("Product", self.store.record(id, self.context.now)),
            "productByIdentifier" => self.record("Product", self.product_by(arguments)?),
            "productsCount" => self.count(Kind::Products, info)?,
            "productVariantsCount" => self.count(Kind::Variants, info)?,
            "inventoryItems" => self.list(Kind::InventoryItems, "InventoryItem", info)?,
            "inventoryItem" => self.record("InventoryItem", self.store.record(id, self.context.now)),
            "inventoryLevel" => match self.level(id) {
                Some(level) => self.made("InventoryLevel", level),
                None => ResolvedValue::null(),
            },
            "fulfillmentOrders" => self.list(Kind::FulfillmentOrders, "FulfillmentOrder", info)?,
            "fulfillmentOrder" => self.node_record("FulfillmentOrder", id),
            "fulfillment" => self.node_record("Fulfillment", id),
            "return" => self.node_record("Return", id),
            "giftCards" => self.list(Kind::GiftCards, "GiftCard", info)?,
            "giftCardsCount" => self.count(Kind::GiftCards, info)?,
            "giftCard" => self.record("GiftCard", self.store.record(id, self.context.now)),
            "storeCreditAccount" => self.node_record("StoreCreditAccount", id),
            "collections" => self.list(Kind::Collections, "Collection", info)?,
            "publications" => self.publications(info)?,
            "metafieldDefinitions" => self.list(Kind::Definitions, "MetafieldDefinition", info)?,
            "metafieldDefinition" => self.record("MetafieldDefinition", self.definition(arguments)),
            // Null where Shopify Payments is not active (`facts/shopify 11.1`).
            "shopifyPaymentsAccount" if !self.context.config.shopify_payments => ResolvedValue::null(),
            "shopifyPaymentsAccount" => self.made("ShopifyPaymentsAccount", json!({
                "__typename": "ShopifyPaymentsAccount", "id": "gid://shopify/ShopifyPaymentsAccount/1", "activated": true, "country": "NO",
                "defaultCurrency": self.store.shop["currencyCode"], "balance": [{ "amount": "0.0", "currencyCode": self.store.shop["currencyCode"] }],
            })),
            "productVariants" => self.list(Kind::Variants, "ProductVariant", info)?,
            "productVariant" => self.record("ProductVariant", self.store.record(id, self.context.now)),
            "locations" => self.list(Kind::Locations, "Location", info)?,
            "location" if id.is_empty() => {
                self.record("Location", self.store.locations.first().map(|one| &**one))
            }
            "location" => self.record("Location", self.store.record(id, self.context.now)),
            "node" => self.node_record("Node", id),
            "nodes" => {
                let ids = arguments
                    .get("ids")
                    .and_then(JsonValue::as_array)
                    .into_iter()
                    .flatten();
                ResolvedValue::list(
                    ids.map(|id| self.node_record("Node", id.as_str().unwrap_or_default()))
                        .collect::<Vec<_>>(),
                )
            }
            _ => return Err(self.unknown_field_error(info)),
        })
    }
}

impl<'r> Queries<'r> {
    fn node_record(&self, declared: &str, id: &str) -> ResolvedValue<'r> {
        let context = self.context;
        if id == installation_id() {
            return self.made(declared, self.installation());
        }
        ResolvedValue::nullable_object(self.node(id).map(|(value, order)| {
            let kind = id
                .strip_prefix("gid://shopify/")
                .and_then(|rest| rest.split('/').next())
                .unwrap_or(declared);
            let declared = if declared == "Node" { kind } else { declared };
            Record::new(context, declared, Cow::Borrowed(value), order)
        }))
    }

    fn installation(&self) -> Value {
        let scopes = self
            .context
            .config
            .granted_scopes
            .iter()
            .map(|scope| json!({ "handle": scope, "description": scope.replace('_', " ") }));
        json!({
            "__typename": "AppInstallation", "id": installation_id(), "launchUrl": "https://shopify.dev/apps/default-app-home", "uninstallUrl": null,
            "accessScopes": scopes.collect::<Vec<_>>(),
            "app": {
                "id": format!("gid://shopify/App/{APP_NUMBER}"), "title": "Brygga", "handle": "brygga", "apiKey": practice::SHOP_CLIENT_ID,
                "developerType": "MERCHANT", "developerName": null, "description": null, "embedded": false,
            },
        })
    }

    fn level(&self, id: &str) -> Option<Value> {
        let place = level_place(id)?;
        let moves = self.context.moves(self.store);
        self.store.level(place, moves, self.context.now)
    }

    fn product_by(&self, arguments: &JsonMap) -> Result<Option<&'r Value>, FieldError> {
        let Some(identifier) = arguments.get("identifier") else {
            return Ok(None);
        };
        let part = |name: &str| identifier.get(name).and_then(JsonValue::as_str);
        if let Some(id) = part("id") {
            return Ok(self.store.record(id, self.context.now));
        }
        if let Some(handle) = part("handle") {
            let mut all = self.store.products_at(self.context.now);
            return Ok(all.find(|one| one["handle"] == handle));
        }
        Err(field_error(
            "INTERNAL_SERVER_ERROR",
            "The practice shop finds products by id and handle only.",
        ))
    }

    fn definition(&self, arguments: &JsonMap) -> Option<&'r Value> {
        if let Some(id) = argument_str(arguments, "id") {
            return self.store.definitions.iter().find(|one| one["id"] == id);
        }
        let identifier = arguments.get("identifier")?;
        let part = |name: &str| identifier.get(name).and_then(JsonValue::as_str);
        let namespace = super::namespace(part("namespace"));
        self.store.definitions.iter().find(|one| {
            one["namespace"] == namespace.as_str()
                && one["key"].as_str() == part("key")
                && one["ownerType"].as_str() == part("ownerType")
        })
    }

    fn publications<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let all = self.store.publications.iter().map(|one| Keyed {
            key: Key::None,
            value: Cow::Borrowed(&**one),
        });
        let page = Connection::new(self.context, "Publication", all.collect(), info, None)?;
        Ok(ResolvedValue::object(page))
    }

    fn customer_by(&self, arguments: &JsonMap) -> Result<Option<&'r Value>, FieldError> {
        let Some(identifier) = arguments.get("identifier") else {
            return Ok(None);
        };
        let part = |name: &str| identifier.get(name).and_then(JsonValue::as_str);
        if let Some(id) = part("id") {
            return Ok(self.customer_visible(id));
        }
        let mut customers = self
            .store
            .customers
            .iter()
            .map(|one| &**one)
            .filter(|one| exists(one, self.context.now));
        if let Some(email) = part("emailAddress") {
            return Ok(customers.find(|one| {
                [&one["email"], &one["defaultEmailAddress"]["emailAddress"]]
                    .into_iter()
                    .any(|own| {
                        own.as_str()
                            .is_some_and(|own| own.eq_ignore_ascii_case(email))
                    })
            }));
        }
        if let Some(phone) = part("phoneNumber") {
            return Ok(customers.find(|one| {
                one["phone"] == phone || one["defaultPhoneNumber"]["phoneNumber"] == phone
            }));
        }
        Err(field_error(
            "INTERNAL_SERVER_ERROR",
            "The practice shop finds customers by id, e-mail and phone only.",
        ))
    }

    /// The order that carries a unique metafield: strongly consistent, so not through the index (`facts/shopify 5.7`).
    fn order_by_metafield(&self, identifier: Option<&JsonValue>) -> Option<&'r Value> {
        let custom = identifier?.get("customId")?;
        let part = |name: &str| custom.get(name).and_then(JsonValue::as_str);
        let namespace = super::derived::namespace(part("namespace"));
        let hit = self
            .store
            .metafields
            .iter()
            .find(|((_, space, key), field)| {
                *space == namespace
                    && Some(key.as_str()) == part("key")
                    && field["value"].as_str() == part("value")
            });
        self.context.order(&hit?.0.0)
    }
}

/// The gid of the practice app's installation.
pub(crate) fn installation_id() -> String {
    format!("gid://shopify/AppInstallation/{}", APP_NUMBER + 1)
}

/// Whether a moment is past; what bears none always was.
fn happened(value: &Value, now: DateTime<Utc>) -> bool {
    moment(value).is_none_or(|at| at <= now)
}

fn exists(record: &Value, now: DateTime<Utc>) -> bool {
    moment(&record["createdAt"]).is_none_or(|created| created <= now)
}

fn part_of<'r>(
    orders: impl Iterator<Item = &'r Value>,
    list: &str,
    id: &str,
) -> Option<(&'r Value, Option<&'r Value>)> {
    orders
        .flat_map(|order| {
            order[list]
                .as_array()
                .into_iter()
                .flatten()
                .map(move |part| (part, Some(order)))
        })
        .find(|(part, _)| part["id"] == id)
}

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

/// What became of one root field of a mutation: its response key, and its payload or its error.
pub(in crate::shopify) type Outcome = (String, Result<Value, String>);

/// `Mutation`, first time: each field changes the store, and what it came to is kept. Nothing is answered yet, because an answer shows the
/// store as it is afterwards.
pub(in crate::shopify) struct Mutations<'r> {
    pub(in crate::shopify) context: &'r Context<'r>,
    pub(in crate::shopify) store: RefCell<&'r mut Store>,
    pub(in crate::shopify) variables: &'r JsonMap,
    pub(in crate::shopify) outcomes: RefCell<Vec<Outcome>>,
}

impl Mutations<'_> {
    /// The key of `@idempotent`, given as text or by a variable.
    fn key(&self, info: &ResolveInfo<'_>) -> Option<String> {
        let directive = info
            .field_selections()
            .iter()
            .find_map(|field| field.directives.get("idempotent"))?;
        match &**directive.specified_argument_by_name("key")? {
            Argument::String(text) => Some(text.clone()),
            Argument::Variable(name) => {
                let key = self.variables.get(name.as_str())?.as_str()?;
                Some(key.to_owned())
            }
            _ => None,
        }
    }
}

impl ObjectValue for Mutations<'_> {
    fn type_name(&self) -> &'static str {
        "Mutation"
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let outcome = access::check(self.context, "Mutation", info).and_then(|()| {
            let key = self.key(info);
            let mut store = self.store.borrow_mut();
            mutations::run(
                &mut store,
                self.context,
                info.field_name(),
                info.arguments(),
                key.as_deref(),
            )
        });
        self.outcomes
            .borrow_mut()
            .push((response_key(info), outcome.map_err(|error| error.message)));
        Ok(ResolvedValue::null())
    }
}

/// `Mutation`, second time: the payloads, over the store as it is now.
pub(in crate::shopify) struct Answers<'r> {
    pub(in crate::shopify) context: &'r Context<'r>,
    pub(in crate::shopify) outcomes: &'r [Outcome],
}

impl ObjectValue for Answers<'_> {
    fn type_name(&self) -> &'static str {
        "Mutation"
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let key = response_key(info);
        let payload_type = info.field_definition().ty.inner_named_type().as_str();
        match self.outcomes.iter().find(|(known, _)| *known == key) {
            Some((_, Ok(payload))) => Ok(ResolvedValue::object(Record::new(
                self.context,
                payload_type,
                Cow::Borrowed(payload),
                None,
            ))),
            Some((_, Err(message))) => Err(FieldError {
                message: message.clone(),
            }),
            None => Err(self.unknown_field_error(info)),
        }
    }
}

fn response_key(info: &ResolveInfo<'_>) -> String {
    info.field_selections()
        .first()
        .map(|field| field.response_key().to_string())
        .unwrap_or_default()
}
