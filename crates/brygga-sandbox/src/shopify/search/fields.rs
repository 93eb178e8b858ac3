//! Which fields can be searched for which kind of record, by the official descriptions of the `query` arguments.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{Op, Term};
use crate::shopify::store::tail;

/// The kinds of records that can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shopify) enum Kind {
    /// `orders`, `ordersCount`.
    Orders,
    /// `customers`, `customersCount`.
    Customers,
    /// `products`.
    Products,
    /// `productVariants`.
    Variants,
    /// `locations`.
    Locations,
    /// `companies`.
    Companies,
    /// `inventoryItems`.
    InventoryItems,
    /// `inventoryLevels` of an item or a location.
    InventoryLevels,
    /// `fulfillmentOrders`.
    FulfillmentOrders,
    /// `giftCards`, `giftCardsCount`.
    GiftCards,
    /// `collections`.
    Collections,
    /// `metafieldDefinitions`.
    Definitions,
    /// `payouts` of Shopify Payments.
    Payouts,
    /// Its `balanceTransactions`.
    BalanceTransactions,
    /// Its `disputes`.
    Disputes,
}

/// What is known about a term's field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shopify) enum Matching {
    /// Searched by.
    Served,
    /// Shopify knows it; the practice shop does not.
    NotServed,
    /// Shopify does not know it: ignored, with a warning.
    Unknown,
}

/// A value that a record offers for a field.
enum Offer<'a> {
    Text(&'a str),
    Number(Decimal),
    Moment(DateTime<Utc>),
    Flag(bool),
}

/// Fields of the official descriptions (2026-07) that are not served.
const NOT_SERVED: [(Kind, &[&str]); 11] = [
    (
        Kind::Orders,
        &[
            "cart_token",
            "channel",
            "channel_id",
            "chargeback_status",
            "checkout_token",
            "credit_card_last4",
            "delivery_method",
            "fraud_protection_level",
            "fulfillment_location_id",
            "payment_id",
            "payment_provider_id",
            "reference_location_id",
            "risk_level",
            "sales_channel",
            "total_weight",
        ],
    ),
    (
        Kind::Customers,
        &[
            "accepts_marketing",
            "last_abandoned_order_date",
            "order_date",
            "orders_count",
            "total_spent",
        ],
    ),
    (
        Kind::Products,
        &[
            "bundles",
            "category_id",
            "collection_id",
            "combined_listing_role",
            "delivery_profile_id",
            "error_feedback",
            "has_only_composites",
            "has_only_default_variant",
            "has_variant_with_components",
            "inventory_total",
            "is_price_reduced",
            "out_of_stock_somewhere",
            "price",
            "product_configuration_owner",
            "product_publication_status",
            "publication_ids",
            "publishable_status",
            "published_at",
            "published_status",
            "tracks_inventory",
            "variant_id",
            "variant_title",
            "gift_card",
        ],
    ),
    (
        Kind::Variants,
        &[
            "collection",
            "delivery_profile_id",
            "exclude_composite",
            "exclude_variants_with_components",
            "gift_card",
            "inventory_quantity",
            "location_id",
            "managed",
            "managed_by",
            "option1",
            "option2",
            "option3",
            "product_publication_status",
            "product_status",
            "product_type",
            "publishable_status",
            "published_status",
            "requires_components",
            "tag",
            "tag_not",
            "taxable",
            "vendor",
            "product_id",
            "product_ids",
        ],
    ),
    (
        Kind::Locations,
        &[
            "address1",
            "address2",
            "city",
            "country",
            "created_at",
            "geolocated",
            "legacy",
            "location_id",
            "pickup_in_store",
            "province",
            "zip",
        ],
    ),
    (
        Kind::Companies,
        &["active_customers_count", "ordering_status", "since_date"],
    ),
    (Kind::InventoryLevels, &["inventory_group_id"]),
    (
        Kind::GiftCards,
        &["balance_status", "expires_on", "recipient_id", "source"],
    ),
    (
        Kind::Collections,
        &[
            "collection_type",
            "product_id",
            "product_publication_status",
            "publishable_status",
            "published_at",
            "published_status",
        ],
    ),
    (
        Kind::Payouts,
        &["bank_account", "ledger_type", "transaction_dates"],
    ),
    (
        Kind::BalanceTransactions,
        &[
            "available_on",
            "payment_method_name",
            "payout_date",
            "tax_reporting_exempt",
        ],
    ),
];

impl Kind {
    /// What is known about the field of `term`.
    pub(in crate::shopify) fn knows(self, term: &Term) -> Matching {
        let Some(field) = term.field.as_deref() else {
            return Matching::Served;
        };
        if NOT_SERVED
            .iter()
            .any(|(kind, fields)| *kind == self && fields.contains(&field))
        {
            return Matching::NotServed;
        }
        // Whether a field is searched by does not depend on the record.
        match self.offers(field, &Value::Null) {
            Some(_) => Matching::Served,
            None => Matching::Unknown,
        }
    }

    /// Whether `term` holds for `record`; an ignored term always does.
    pub(in crate::shopify) fn matches(self, term: &Term, record: &Value, zone: Tz) -> bool {
        let Some(field) = term.field.as_deref() else {
            return self
                .words(record)
                .iter()
                .any(|word| word.to_lowercase().contains(&term.value.to_lowercase()));
        };
        let Some(offers) = self.offers(field, record) else {
            return true;
        };
        let values: Vec<&str> = if term.phrase {
            vec![&term.value]
        } else {
            term.value.split(',').collect()
        };
        let hit = |offer: &Offer<'_>| values.iter().any(|value| offer.meets(term.op, value, zone));
        match (self, field) {
            (_, "tag_not") => !offers.iter().any(hit),
            (Self::Orders, "status") if values.contains(&"any") => true,
            (Self::Orders, "status") if values.contains(&"not_closed") => !offers
                .iter()
                .any(|offer| offer.meets(Op::Match, "closed", zone)),
            _ => offers.iter().any(hit),
        }
    }

    /// What `record` offers for `field`; nothing when the field is not known.
    fn offers<'a>(self, field: &str, record: &'a Value) -> Option<Vec<Offer<'a>>> {
        Some(match (self, field) {
            (_, "id") => number(tail(str_of(&record["id"]))),
            (
                Self::Orders
                | Self::Products
                | Self::Companies
                | Self::InventoryItems
                | Self::InventoryLevels
                | Self::GiftCards,
                "created_at",
            )
            | (Self::Customers, "customer_date") => moment(&record["createdAt"]),
            (
                Self::Orders
                | Self::Customers
                | Self::Products
                | Self::Variants
                | Self::Companies
                | Self::InventoryItems
                | Self::InventoryLevels
                | Self::FulfillmentOrders
                | Self::Collections,
                "updated_at",
            ) => moment(&record["updatedAt"]),
            (Self::Orders | Self::Customers | Self::Products, "tag" | "tag_not") => {
                texts(list(&record["tags"]))
            }
            (Self::Orders | Self::Customers, "email") => texts([
                &record["email"],
                &record["defaultEmailAddress"]["emailAddress"],
            ]),

            (Self::Orders, "processed_at") => moment(&record["processedAt"]),
            (Self::Orders, "name") => {
                let name = str_of(&record["name"]);
                [name, name.trim_start_matches('#')].map(Offer::Text).into()
            }
            (Self::Orders, "financial_status") => texts([&record["displayFinancialStatus"]]),
            (Self::Orders, "fulfillment_status") => texts([&record["displayFulfillmentStatus"]]),
            (Self::Orders, "return_status") => texts([&record["returnStatus"]]),
            (Self::Orders, "status") => vec![Offer::Text(status(record))],
            (Self::Orders, "test") => flag(&record["test"]),
            (Self::Orders, "sku") => texts(list(&record["lineItems"]).map(|line| &line["sku"])),
            (Self::Orders, "customer_id") => number(tail(str_of(&record["customer"]["id"]))),
            (Self::Orders, "location_id") => number(tail(str_of(&record["retailLocation"]["id"]))),
            (Self::Orders, "po_number") => texts([&record["poNumber"]]),
            (Self::Orders, "gateway") => texts(list(&record["paymentGatewayNames"])),
            (Self::Orders, "source_name") => texts([&record["sourceName"]]),
            (Self::Orders, "source_identifier") => texts([&record["sourceIdentifier"]]),
            (Self::Orders, "confirmation_number") => texts([&record["confirmationNumber"]]),
            (Self::Orders, "discount_code") => texts(list(&record["discountCodes"])),
            (Self::Orders, "current_total_price") => number(str_of(
                &record["currentTotalPriceSet"]["shopMoney"]["amount"],
            )),
            (Self::Orders, "subtotal_line_items_quantity") => {
                number(&record["subtotalLineItemsQuantity"].to_string())
            }

            (Self::Customers, "first_name") => texts([&record["firstName"]]),
            (Self::Customers, "last_name") => texts([&record["lastName"]]),
            (Self::Customers, "phone") => texts([
                &record["phone"],
                &record["defaultPhoneNumber"]["phoneNumber"],
            ]),
            (Self::Customers, "state") => texts([&record["state"]]),
            (Self::Customers, "country") => texts([&record["defaultAddress"]["country"]]),

            (Self::Products, "title" | "handle" | "vendor" | "status")
            | (Self::Variants, "title" | "sku" | "barcode")
            | (Self::Locations | Self::Companies, "name") => texts([&record[field]]),
            (Self::Products, "product_type") => texts([&record["productType"]]),
            (Self::Products, "sku" | "barcode") => {
                texts(list(&record["variants"]).map(|variant| &variant[field]))
            }
            (Self::InventoryItems, "sku") => texts([&record["sku"]]),
            (Self::InventoryLevels, "inventory_item_id") => {
                number(tail(str_of(&record["item"]["id"])))
            }
            (Self::FulfillmentOrders, "status") => texts([&record["status"]]),
            (Self::FulfillmentOrders, "assigned_location_id") => {
                number(tail(str_of(&record["assignedLocation"]["location"]["id"])))
            }
            (Self::GiftCards, "customer_id") => number(tail(str_of(&record["customer"]["id"]))),
            (Self::GiftCards, "initial_value") => number(str_of(&record["initialValue"]["amount"])),
            (Self::GiftCards, "status") => vec![Offer::Text(if record["enabled"] == true {
                "enabled"
            } else {
                "disabled"
            })],
            (Self::Collections, "title" | "handle") => texts([&record[field]]),
            (Self::Definitions, "key" | "namespace") => texts([&record[field]]),
            (Self::Definitions, "owner_type") => texts([&record["ownerType"]]),
            (Self::Definitions, "type") => texts([&record["type"]["name"]]),
            (Self::Payouts, "issued_at") => moment(&record["issuedAt"]),
            (Self::Payouts | Self::Disputes, "status") => texts([&record["status"]]),
            (Self::Payouts, "amount") => number(str_of(&record["net"]["amount"])),
            (Self::Payouts, "currency") => texts([&record["net"]["currencyCode"]]),
            (Self::BalanceTransactions, "processed_at") => moment(&record["transactionDate"]),
            (Self::BalanceTransactions, "currency") => texts([&record["amount"]["currencyCode"]]),
            (Self::BalanceTransactions, "transaction_type") => texts([&record["type"]]),
            (Self::BalanceTransactions, "payout_status") => {
                texts([&record["associatedPayout"]["status"]])
            }
            (Self::BalanceTransactions, "payments_transfer_id") => {
                number(tail(str_of(&record["associatedPayout"]["id"])))
            }
            (Self::Disputes, "initiated_at") => moment(&record["initiatedAt"]),
            (Self::Locations, "active") => flag(&record["isActive"]),
            (Self::Companies, "external_id") => texts([&record["externalId"]]),
            _ => return None,
        })
    }

    /// The texts in which a bare word is looked for.
    fn words(self, record: &Value) -> Vec<&str> {
        let keys: &[&str] = match self {
            Self::Orders => &["name", "email", "note", "poNumber", "confirmationNumber"],
            Self::Customers => &["displayName", "firstName", "lastName", "email", "phone"],
            Self::Products | Self::Variants => {
                &["title", "sku", "barcode", "vendor", "productType"]
            }
            Self::Locations | Self::Companies | Self::Definitions => &["name"],
            Self::InventoryItems => &["sku"],
            Self::Collections => &["title", "handle"],
            Self::GiftCards => &["lastCharacters"],
            Self::InventoryLevels
            | Self::FulfillmentOrders
            | Self::Payouts
            | Self::BalanceTransactions
            | Self::Disputes => &[],
        };
        let customer = ["displayName", "email"]
            .iter()
            .map(|key| &record["customer"][*key]);
        keys.iter()
            .map(|key| &record[*key])
            .chain(customer)
            .filter_map(Value::as_str)
            .collect()
    }
}

impl Offer<'_> {
    fn meets(&self, op: Op, value: &str, zone: Tz) -> bool {
        let by_order = |ordering: std::cmp::Ordering| match op {
            Op::Match => ordering.is_eq(),
            Op::AtLeast => ordering.is_ge(),
            Op::AtMost => ordering.is_le(),
        };
        match self {
            Self::Text(text) => match value.strip_suffix('*') {
                Some(prefix) if !prefix.is_empty() => {
                    text.to_lowercase().starts_with(&prefix.to_lowercase())
                }
                _ if value == "*" => true,
                _ => {
                    text.eq_ignore_ascii_case(value) || text.to_lowercase() == value.to_lowercase()
                }
            },
            Self::Number(number) => value
                .parse::<Decimal>()
                .is_ok_and(|wanted| by_order(number.cmp(&wanted))),
            Self::Moment(moment) => {
                wanted_moment(value, zone).is_some_and(|(from, until)| match op {
                    Op::Match => *moment >= from && *moment <= until,
                    Op::AtLeast => *moment >= from,
                    Op::AtMost => *moment <= until,
                })
            }
            Self::Flag(flag) => value.parse::<bool>().is_ok_and(|wanted| wanted == *flag),
        }
    }
}

/// A moment, or a whole day in the shop's time zone; also what is left of an unquoted timestamp (`2026-10-01T08`), whose hours count as the
/// shop's.
fn wanted_moment(value: &str, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(value) {
        return Some((moment.to_utc(), moment.to_utc()));
    }
    let local = |day: NaiveDate, time: NaiveTime| {
        zone.from_local_datetime(&day.and_time(time))
            .earliest()
            .map(|moment| moment.to_utc())
    };
    if let Some((day, hour)) = value.split_once('T') {
        let time = hour
            .get(..2)?
            .parse::<u32>()
            .ok()
            .and_then(|hour| NaiveTime::from_hms_opt(hour, 0, 0))?;
        let moment = local(day.parse().ok()?, time)?;
        return Some((moment, moment));
    }
    let day: NaiveDate = value.parse().ok()?;
    Some((
        local(day, NaiveTime::MIN)?,
        local(day.succ_opt()?, NaiveTime::MIN)? - chrono::TimeDelta::milliseconds(1),
    ))
}

fn status(order: &Value) -> &'static str {
    if !order["cancelledAt"].is_null() {
        "cancelled"
    } else if order["closed"] == true {
        "closed"
    } else {
        "open"
    }
}

fn str_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn texts<'a>(values: impl IntoIterator<Item = &'a Value>) -> Vec<Offer<'a>> {
    values
        .into_iter()
        .filter_map(Value::as_str)
        .map(Offer::Text)
        .collect()
}

fn number<'a>(text: &str) -> Vec<Offer<'a>> {
    text.parse().ok().map(Offer::Number).into_iter().collect()
}

fn moment(value: &Value) -> Vec<Offer<'_>> {
    value
        .as_str()
        .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
        .map(|moment| Offer::Moment(moment.to_utc()))
        .into_iter()
        .collect()
}

fn flag(value: &Value) -> Vec<Offer<'_>> {
    value.as_bool().map(Offer::Flag).into_iter().collect()
}
