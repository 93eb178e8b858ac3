//! Fields that are more than a key of the record.

use std::borrow::Cow;

use apollo_compiler::resolvers::{FieldError, ResolveInfo, ResolvedValue};
use apollo_compiler::response::JsonValue;
use serde_json::{Value, json};

use super::{Key, Keyed, Record, argument_bool, argument_str};
use crate::shopify::store::{APP_NUMBER, number_of, tail};

impl Record<'_> {
    /// The answer to a field that needs its arguments or other records.
    pub(super) fn derived<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<Option<ResolvedValue<'a>>, FieldError> {
        let arguments = info.arguments();
        Ok(Some(match (&*self.type_name, info.field_name()) {
            (_, "metafield") => {
                let namespace = namespace(argument_str(arguments, "namespace"));
                let (space, key) = match argument_str(arguments, "key").unwrap_or_default() {
                    // `namespace.key` in one is documented for the argument `key`.
                    key if key.contains('.') => key
                        .split_once('.')
                        .map_or((namespace.clone(), key), |(space, key)| {
                            (space.to_owned(), key)
                        }),
                    key => (namespace, key),
                };
                let found = self
                    .metafields()
                    .into_iter()
                    .find(|one| one["namespace"] == space.as_str() && one["key"] == key);
                ResolvedValue::nullable_object(found.map(|value| {
                    Record::new(self.context, "Metafield", Cow::Borrowed(value), self.order)
                }))
            }
            (_, "metafields")
                if info.field_definition().ty.inner_named_type() == "MetafieldConnection" =>
            {
                let namespace =
                    argument_str(arguments, "namespace").map(|name| namespace(Some(name)));
                let keys = arguments.get("keys").and_then(JsonValue::as_array);
                let wanted = |one: &&Value| {
                    let full = format!(
                        "{}.{}",
                        one["namespace"].as_str().unwrap_or_default(),
                        one["key"].as_str().unwrap_or_default()
                    );
                    namespace
                        .as_ref()
                        .is_none_or(|namespace| one["namespace"] == namespace.as_str())
                        && keys
                            .is_none_or(|keys| keys.iter().any(|key| key.as_str() == Some(&full)))
                };
                let items = self
                    .metafields()
                    .into_iter()
                    .filter(wanted)
                    .map(Cow::Borrowed)
                    .collect();
                self.connect("Metafield", items, info)?
            }
            ("InventoryItem" | "Location", "inventoryLevels" | "inventoryLevel")
            | ("InventoryLevel", "quantities")
            | ("InventoryAdjustmentGroup", "changes")
            | ("ShopifyPaymentsAccount", "payouts" | "balanceTransactions" | "disputes")
            | ("Customer" | "CompanyLocation", "storeCreditAccounts") => self.listed(info)?,
            ("ProductVariant", "inventoryQuantity" | "sellableOnlineQuantity")
            | ("Product", "totalInventory") => match self.stocked(info.field_name()) {
                Some(units) => ResolvedValue::leaf(units),
                None => return Ok(None),
            },
            ("ProductVariant", "product") | ("LineItem", "product" | "variant")
                if self.is_live(info.field_name()) =>
            {
                let ty = info.field_definition().ty.inner_named_type().as_str();
                let live = self.live(info.field_name());
                ResolvedValue::nullable_object(
                    live.map(|record| {
                        Record::new(self.context, ty, Cow::Borrowed(record), self.order)
                    }),
                )
            }
            ("Order", "shippingLines") => {
                let all = argument_bool(arguments, "includeRemovals").unwrap_or(false);
                let lines = self
                    .raw("shippingLines")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten();
                let items = lines
                    .filter(|line| all || line["isRemoved"] != true)
                    .map(Cow::Borrowed)
                    .collect();
                self.connect("ShippingLine", items, info)?
            }
            ("Customer", "orders") => {
                self.orders_where(info, |order| order["customer"]["id"] == self.id())?
            }
            ("Company", "orders") => self.orders_where(info, |order| {
                order["purchasingEntity"]["company"]["id"] == self.id()
            })?,
            ("CompanyLocation", "orders") => self.orders_where(info, |order| {
                order["purchasingEntity"]["location"]["id"] == self.id()
            })?,
            _ => return Ok(None),
        }))
    }

    /// Whether the product or variant is read as it is now, not as it was when the record was made. Recordings keep what was recorded.
    fn is_live(&self, field: &str) -> bool {
        self.context.store.is_some_and(|store| !store.thin)
            && (&*self.type_name == "ProductVariant"
                || self.raw(field).is_some_and(|one| one["id"].is_string()))
    }

    /// That product or variant; nothing when it was deleted since.
    fn live(&self, field: &str) -> Option<&Value> {
        let (store, now) = (self.context.store?, self.context.now);
        if &*self.type_name == "ProductVariant" {
            return store.product_of(self.id(), now);
        }
        store.record(self.raw(field)?["id"].as_str()?, now)
    }

    /// A value for a field that the record does not hold itself.
    pub(super) fn substitute<'a>(&'a self, info: &ResolveInfo<'_>) -> Option<Cow<'a, Value>> {
        let field = info.field_name();
        let result = info.field_definition().ty.inner_named_type().as_str();
        match (&*self.type_name, field) {
            (
                "Refund" | "Fulfillment" | "OrderTransaction" | "Return" | "FulfillmentOrder",
                "order",
            ) => {
                return self.order.map(Cow::Borrowed);
            }
            ("ProductVariant", "product") => {
                let store = self.context.store?;
                return store
                    .product_of(self.id(), self.context.now)
                    .map(Cow::Borrowed);
            }
            ("InventoryItem", "variant") => {
                let store = self.context.store?;
                return store
                    .variant_of(self.id(), self.context.now)
                    .map(Cow::Borrowed);
            }
            ("InventoryItem", "variants") => {
                let store = self.context.store?;
                let variant = store.variant_of(self.id(), self.context.now);
                return variant.map(|one| Cow::Owned(json!([{ "id": one["id"] }])));
            }
            ("InventoryItem", "locationsCount") => {
                let store = self.context.store?;
                let places = store.places_of(number_of(self.id())).count();
                return Some(Cow::Owned(json!({ "count": places, "precision": "EXACT" })));
            }
            ("Product", "totalVariants") => {
                let variants = self.raw("variants")?.as_array()?.len();
                return Some(Cow::Owned(json!(variants)));
            }
            ("MetafieldDefinition", "metafieldsCount") => {
                let store = self.context.store?;
                let own = |key: &&(String, String, String)| {
                    self.raw("namespace")
                        .is_some_and(|space| *space == key.1.as_str())
                        && self.raw("key").is_some_and(|own| *own == key.2.as_str())
                };
                return Some(Cow::Owned(json!(
                    store.metafields.keys().filter(own).count()
                )));
            }
            (_, "availablePublicationsCount") => {
                let store = self.context.store?;
                return Some(Cow::Owned(
                    json!({ "count": store.publications.len(), "precision": "EXACT" }),
                ));
            }
            ("Customer", "addressesV2") => return self.raw("addresses").map(Cow::Borrowed),
            ("Customer", "lastOrder") => {
                let store = self.context.store?;
                let own = store.orders_at(self.context.now).filter(|order| {
                    order["customer"]["id"] == self.id() && self.context.visible(order)
                });
                return own.last().map(Cow::Borrowed);
            }
            ("Customer", "numberOfOrders") => {
                let store = self.context.store?;
                let count = store
                    .orders_at(self.context.now)
                    .filter(|order| order["customer"]["id"] == self.id())
                    .count();
                return Some(Cow::Owned(json!(count.to_string())));
            }
            ("Order", "shippingLine") => {
                return self.raw("shippingLines")?.get(0).map(Cow::Borrowed);
            }
            ("MailingAddress", "formatted") => return Some(Cow::Owned(self.formatted())),
            ("MailingAddress" | "CompanyAddress", "countryCode") => {
                return self.raw("countryCodeV2").map(Cow::Borrowed);
            }
            (_, "legacyResourceId") => return Some(Cow::Owned(json!(tail(self.id())))),
            _ => {}
        }
        match result {
            // `transactionsCount` of `transactions`.
            "Count" => {
                let list = self.raw(field.strip_suffix("Count")?)?.as_array()?;
                Some(Cow::Owned(
                    json!({ "count": list.len(), "precision": "EXACT" }),
                ))
            }
            // The deprecated twins of a bag: `totalPrice` of `totalPriceSet`, in the shop's currency.
            "Money" => Some(Cow::Borrowed(
                self.raw(&format!("{field}Set"))?
                    .get("shopMoney")?
                    .get("amount")?,
            )),
            "MoneyV2" => Some(Cow::Borrowed(
                self.raw(&format!("{}Set", field.trim_end_matches("V2")))?
                    .get("shopMoney")?,
            )),
            _ => None,
        }
    }

    /// The metafields set here while the shop runs, and those that the record came with.
    fn metafields(&self) -> Vec<&Value> {
        let own = self
            .value
            .get("metafields")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let set: Vec<&Value> = self
            .context
            .store
            .map(|store| store.metafields_of(self.id()).collect())
            .unwrap_or_default();
        let hidden = |one: &Value| {
            set.iter()
                .any(|other| other["namespace"] == one["namespace"] && other["key"] == one["key"])
        };
        let own: Vec<&Value> = own.filter(|one| !hidden(one)).collect();
        set.into_iter().chain(own).collect()
    }

    fn orders_where<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
        own: impl Fn(&Value) -> bool,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        super::refuse_unknown_arguments(info)?;
        let store = self.context.store;
        let orders = store.map(|store| {
            store
                .orders_at(self.context.now)
                .filter(|order| own(order) && self.context.visible(order))
                .collect::<Vec<_>>()
        });
        let sort = argument_str(info.arguments(), "sortKey").unwrap_or("ID");
        let items = orders
            .unwrap_or_default()
            .into_iter()
            .map(|order| Keyed {
                key: order_key(order, sort),
                value: Cow::Borrowed(order),
            })
            .collect();
        let connection = super::Connection::new(self.context, "Order", items, info, None)?;
        Ok(ResolvedValue::object(connection))
    }

    /// The lines of an address as on a parcel.
    fn formatted(&self) -> Value {
        let part = |key: &str| {
            self.raw(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .trim()
        };
        let town = format!("{} {}", part("zip"), part("city"));
        let lines = [
            part("company"),
            part("address1"),
            part("address2"),
            town.trim(),
            part("country"),
        ];
        json!(
            lines
                .into_iter()
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
        )
    }
}

/// `$app:x` is the app's reserved namespace, and so is no namespace (`facts/shopify 9.2`).
pub(in crate::shopify) fn namespace(asked: Option<&str>) -> String {
    match asked {
        None | Some("$app") => format!("app--{APP_NUMBER}"),
        Some(name) => match name.strip_prefix("$app:") {
            Some(rest) => format!("app--{APP_NUMBER}--{rest}"),
            None => name.to_owned(),
        },
    }
}

/// What an order is sorted by.
pub(super) fn order_key(order: &Value, sort: &str) -> Key {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or(Key::None, |text| Key::Text(text.to_owned()))
    };
    let number = |text: &str| text.parse().map_or(Key::None, Key::Number);
    match sort {
        "CREATED_AT" => text(&order["createdAt"]),
        "UPDATED_AT" => text(&order["updatedAt"]),
        "PROCESSED_AT" => text(&order["processedAt"]),
        "ORDER_NUMBER" => number(&order["number"].to_string()),
        "TOTAL_PRICE" => number(
            order["totalPriceSet"]["shopMoney"]["amount"]
                .as_str()
                .unwrap_or_default(),
        ),
        "CURRENT_TOTAL_PRICE" => number(
            order["currentTotalPriceSet"]["shopMoney"]["amount"]
                .as_str()
                .unwrap_or_default(),
        ),
        "TOTAL_ITEMS_QUANTITY" => number(&order["subtotalLineItemsQuantity"].to_string()),
        "CUSTOMER_NAME" => text(&order["customer"]["displayName"]),
        "DESTINATION" => text(&order["shippingAddress"]["city"]),
        "FINANCIAL_STATUS" => text(&order["displayFinancialStatus"]),
        "FULFILLMENT_STATUS" => text(&order["displayFulfillmentStatus"]),
        "PO_NUMBER" => text(&order["poNumber"]),
        // ID and RELEVANCE: the id alone decides.
        _ => Key::None,
    }
}
