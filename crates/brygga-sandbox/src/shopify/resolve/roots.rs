//! The root fields of queries, and the door to the mutations.

use std::borrow::Cow;
use std::cell::RefCell;

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::derived::order_key;
use super::{
    Connection, Context, Key, Keyed, Record, access, argument_int, argument_str, field_error,
    moment,
};
use crate::practice;
use crate::shopify::mutations;
use crate::shopify::search::{Kind, Search};
use crate::shopify::store::{APP_NUMBER, Store};
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
            .record(id)
            .filter(|record| exists(record, self.context.now))
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
            Kind::Products => fixed(&mut self.store.products.iter().map(|one| &**one)),
            Kind::Variants => fixed(
                &mut self
                    .store
                    .products
                    .iter()
                    .flat_map(|one| one["variants"].as_array().into_iter().flatten()),
            ),
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
        let doubled = self.context.tampering.doubled;
        Ok(ResolvedValue::object(if doubled {
            page.doubled()
        } else {
            page
        }))
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
            "product" => self.record("Product", self.store.record(id)),
            "productVariants" => self.list(Kind::Variants, "ProductVariant", info)?,
            "productVariant" => self.record("ProductVariant", self.store.record(id)),
            "locations" => self.list(Kind::Locations, "Location", info)?,
            "location" if id.is_empty() => {
                self.record("Location", self.store.locations.first().map(|one| &**one))
            }
            "location" => self.record("Location", self.store.record(id)),
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
        _ => Key::None,
    }
}

/// `Mutation`: each field changes the store and answers with a payload that brings along all it shows.
pub(in crate::shopify) struct Mutations<'r> {
    pub(in crate::shopify) context: &'r Context<'r>,
    pub(in crate::shopify) store: RefCell<&'r mut Store>,
}

impl ObjectValue for Mutations<'_> {
    fn type_name(&self) -> &'static str {
        "Mutation"
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let payload_type = info.field_definition().ty.inner_named_type().as_str();
        let idempotency_key = info
            .field_selections()
            .iter()
            .find_map(|field| field.directives.get("idempotent"))
            .is_some();
        let mut store = self.store.borrow_mut();
        let payload = mutations::run(
            &mut store,
            self.context,
            info.field_name(),
            info.arguments(),
            idempotency_key,
        )?;
        Ok(ResolvedValue::object(Record::new(
            self.context,
            payload_type,
            Cow::Owned(payload),
            None,
        )))
    }
}
