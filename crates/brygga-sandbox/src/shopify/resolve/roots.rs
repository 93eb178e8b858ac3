//! The root fields of queries.

use std::borrow::Cow;

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use serde_json::{Value, json};

use super::finding::exists;
use super::{Connection, Context, Key, Keyed, Record, access, argument_str, field_error};
use crate::practice;
use crate::shopify::search::Kind;
use crate::shopify::stock::level_place;
use crate::shopify::store::{APP_NUMBER, Life, Store};
use crate::shopify::versions::versions;

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

    pub(super) fn made(&self, declared: &str, value: Value) -> ResolvedValue<'r> {
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
                let mut all = self.now(&self.store.credits);
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
    pub(super) fn now(&self, lives: &'r [Life]) -> impl Iterator<Item = &'r Value> {
        let now = self.context.now;
        lives.iter().filter_map(move |life| life.at(now))
    }

    /// The companies of the shop, as far as orders and customers name them.
    pub(super) fn companies(&self) -> Vec<&'r Value> {
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
            "inventoryItem" => {
                self.record("InventoryItem", self.store.record(id, self.context.now))
            }
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
            "shopifyPaymentsAccount" if !self.context.config.shopify_payments => {
                ResolvedValue::null()
            }
            "shopifyPaymentsAccount" => {
                let account = Some(&self.store.payments_account).filter(|one| one.is_object());
                self.record("ShopifyPaymentsAccount", account)
            }
            "productVariants" => self.list(Kind::Variants, "ProductVariant", info)?,
            "productVariant" => {
                self.record("ProductVariant", self.store.record(id, self.context.now))
            }
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
