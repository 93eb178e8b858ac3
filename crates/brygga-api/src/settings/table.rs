//! The table of choices: where each stands in the settings file, and how it is made.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use brygga_core::erp::Catalogue;
use brygga_core::settings::{Known, RetentionSettings as Kept};

use crate::contract::Choice;

/// Lists of what Visma.net is set up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    OrderTypes,
    Branches,
    Warehouses,
    Zones,
    Categories,
    Items,
    Accounts,
    CashAccounts,
    PaymentMethods,
    Classes,
    Currencies,
}

impl Source {
    pub(crate) fn of(self, catalogue: &Catalogue) -> Vec<Choice> {
        let choice = |id: &str, label: &str| Choice {
            id: id.to_owned(),
            label: label.to_owned(),
        };
        let named = |ids: BTreeSet<&String>| ids.into_iter().map(|id| choice(id, "")).collect();
        match self {
            Self::OrderTypes => catalogue
                .order_types
                .iter()
                .filter(|known| known.active)
                .map(|known| choice(&known.id, &known.description))
                .collect(),
            Self::Branches => catalogue
                .branches
                .iter()
                .map(|known| choice(&known.number, &known.name))
                .collect(),
            Self::Warehouses => catalogue
                .warehouses
                .iter()
                .filter(|known| known.active)
                .map(|known| choice(&known.id, &known.description))
                .collect(),
            Self::Zones => named(
                catalogue
                    .vat_ids
                    .iter()
                    .flat_map(|vat| &vat.zones)
                    .collect(),
            ),
            Self::Categories => named(
                catalogue
                    .vat_ids
                    .iter()
                    .flat_map(|vat| &vat.categories)
                    .collect(),
            ),
            // What is no product must not wait for a shipment (`booking-rules` 3).
            Self::Items => catalogue
                .items
                .values()
                .filter(|item| !item.stock)
                .map(|item| choice(&item.number, &item.description))
                .collect(),
            Self::Accounts => catalogue
                .accounts
                .iter()
                .flatten()
                .map(|account| choice(&account.number, &account.description))
                .collect(),
            Self::CashAccounts => catalogue
                .cash_accounts
                .iter()
                .map(|account| {
                    choice(
                        &account.number,
                        &format!("{} ({})", account.description, account.currency),
                    )
                })
                .collect(),
            Self::PaymentMethods => catalogue
                .payment_methods
                .iter()
                .map(|method| choice(&method.id, &method.description))
                .collect(),
            Self::Classes => catalogue
                .customer_classes
                .iter()
                .map(|class| choice(&class.id, &class.description))
                .collect(),
            Self::Currencies => catalogue
                .currencies
                .iter()
                .map(|currency| choice(&currency.id, ""))
                .collect(),
        }
    }
}

/// Lists of what the shop has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfShop {
    Locations,
    Channels,
}

impl OfShop {
    /// Called as people call it. A channel is called by the page's words for it, else by an order that came from it.
    pub(crate) fn of(self, known: &Known) -> Vec<Choice> {
        match self {
            Self::Locations => {
                let all = known.locations.iter().flatten();
                all.map(|location| Choice {
                    id: location.id.clone(),
                    label: location.name.clone(),
                })
                .collect()
            }
            Self::Channels => {
                let all = known.channels.iter();
                all.map(|(channel, order)| Choice {
                    id: channel.clone(),
                    label: match order {
                        Some(order) if channel.bytes().all(|letter| letter.is_ascii_digit()) => {
                            format!("{channel} ({order})")
                        }
                        _ => channel.clone(),
                    },
                })
                .collect()
            }
        }
    }
}

/// How a choice is made.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Switch,
    Number(u32, u32),
    Text,
    Date,
    Time,
    Choice(&'static [&'static str]),
    Pick(Source),
    Named(OfShop),
    Several(OfShop),
    List,
}

/// One choice.
pub(super) struct Field {
    pub(super) path: &'static str,
    pub(super) kind: Kind,
    pub(super) when: Option<(&'static str, &'static str)>,
}

const fn field(path: &'static str, kind: Kind) -> Field {
    Field {
        path,
        kind,
        when: None,
    }
}

const fn only(path: &'static str, kind: Kind, other: &'static str, is: &'static str) -> Field {
    Field {
        path,
        kind,
        when: Some((other, is)),
    }
}

use Kind::{Choice as One, Date, List, Named, Number, Pick, Several, Switch, Text, Time};

const fn within(range: &RangeInclusive<u32>) -> Kind {
    Number(*range.start(), *range.end())
}

const REFUND: Kind = One(&["automatic", "ask", "ignore"]);
const REGISTERED: Kind = One(&["not_told", "yes", "no"]);
const EVERY: Kind = One(&["continuous", "quarter", "hour", "day", "by_hand"]);
const OWNER: Kind = One(&["erp", "shop"]);
pub(super) const OWNERS: &str = "products/owners/";
pub(super) const CUSTOMER_OWNERS: &str = "customers/owners/";

/// Every section with its choices, in the order in which they are shown.
pub(super) const SECTIONS: [(&str, &[Field]); 12] = [
    (
        "orders",
        &[
            field("start_date", Date),
            field(
                "booking_mode",
                One(&["sales_order", "invoice_order", "direct_invoice"]),
            ),
            field("order_type", Pick(Source::OrderTypes)),
            field(
                "trigger/default",
                One(&["by_mode", "created", "paid", "fulfilled"]),
            ),
            field("trigger/grace_minutes", Number(0, 10_080)),
            field("leave_out/tags", List),
            field("leave_out/channels", Several(OfShop::Channels)),
            field(
                "missing_item/rule",
                One(&["hold", "default_item", "create"]),
            ),
            only(
                "missing_item/item",
                Pick(Source::Items),
                "missing_item/rule",
                "default_item",
            ),
            field("gift_cards", One(&["multi_purpose", "single_purpose"])),
            field("closed_period", One(&["hold", "first_open_day"])),
            field("rounding_limit", Number(0, 100)),
            field("branch", Pick(Source::Branches)),
            field("warehouse", Pick(Source::Warehouses)),
            field("lookup_gap_seconds", Number(0, 600)),
        ],
    ),
    (
        "customers",
        &[
            field("customers/which", One(&["with_order", "all"])),
            field("customers/match_by_email", Switch),
            field("customers/private_on_house", Switch),
            field("customers/withheld", One(&["hold", "house_customer"])),
            field("customers/update", Switch),
            field("customers/owners/name", OWNER),
            field("customers/owners/email", OWNER),
            field("customers/owners/phone", OWNER),
            field("customers/owners/address", OWNER),
            field("customers/owners/delivery", OWNER),
        ],
    ),
    (
        "vat",
        &[
            field("dispatch_country", Text),
            field("registrations/oss/registered", REGISTERED),
            only(
                "registrations/oss/number",
                Text,
                "registrations/oss/registered",
                "yes",
            ),
            field("registrations/ioss/registered", REGISTERED),
            only(
                "registrations/ioss/number",
                Text,
                "registrations/ioss/registered",
                "yes",
            ),
            field("registrations/voec/registered", REGISTERED),
            only(
                "registrations/voec/number",
                Text,
                "registrations/voec/registered",
                "yes",
            ),
            field("registrations/local", List),
            field("confirm_vat_mode", Switch),
        ],
    ),
    (
        "invoices",
        &[
            field("invoices/on", Switch),
            field("invoices/who_ships", One(&["shopify", "visma"])),
            only(
                "invoices/notify_customer",
                Switch,
                "invoices/who_ships",
                "visma",
            ),
            field("invoices/stop_before_release", Switch),
            field("invoices/correct_edits", Switch),
            field("invoices/write_back", Switch),
            field("invoices/tag", Text),
            field("invoices/mark_paid", Switch),
        ],
    ),
    ("payments", &[field("payments/on", Switch)]),
    (
        "refunds",
        &[
            field("refunds/on", Switch),
            field("refunds/full", REFUND),
            field("refunds/accounts/full", Pick(Source::Accounts)),
            field("refunds/partial", REFUND),
            field("refunds/accounts/partial", Pick(Source::Accounts)),
            field("refunds/amount_only", REFUND),
            field("refunds/accounts/amount_only", Pick(Source::Accounts)),
            field("refunds/store_credit", REFUND),
            field("refunds/accounts/store_credit", Pick(Source::Accounts)),
            field("refunds/not_booked", REFUND),
            field("refunds/goods_back", One(&["return_order", "credit_order"])),
            only(
                "refunds/return_type",
                Pick(Source::OrderTypes),
                "refunds/goods_back",
                "return_order",
            ),
            only(
                "refunds/credit_type",
                Pick(Source::OrderTypes),
                "refunds/goods_back",
                "credit_order",
            ),
        ],
    ),
    (
        "products",
        &[
            field("products/on", Switch),
            field("products/new_items", One(&["draft", "leave"])),
            field("products/new_products", One(&["leave", "create"])),
            // For new products, and for those that orders wait for.
            field("products/new_item/goods_class", Text),
            field("products/new_item/service_class", Text),
            field("products/new_item/posting_class", Text),
            field("products/new_item/vat_category", Pick(Source::Categories)),
            field("products/write_own_fields", Switch),
            field("products/inactive", One(&["propose", "archive", "leave"])),
            field("products/price/from", One(&["default_price", "list"])),
            only(
                "products/price/price_class",
                Text,
                "products/price/from",
                "list",
            ),
            field(
                "products/price_vat/vat",
                One(&["undecided", "as_is", "add"]),
            ),
            only(
                "products/price_vat/zone",
                Pick(Source::Zones),
                "products/price_vat/vat",
                "add",
            ),
            field("products/allow_zero_price", Switch),
            field("products/classes", List),
            field("products/owners/title", OWNER),
            field("products/owners/price", OWNER),
            field("products/owners/compare_at", OWNER),
            field("products/owners/barcode", OWNER),
            field("products/owners/weight", OWNER),
            field("products/owners/product_type", OWNER),
        ],
    ),
    (
        "stock",
        &[
            field("stock/on", Switch),
            field(
                "stock/quantity",
                One(&["available_for_shipment", "on_hand", "available"]),
            ),
            only(
                "stock/available_deducts_orders",
                Switch,
                "stock/quantity",
                "available",
            ),
            field("stock/buffer/default", Number(0, 100_000)),
            field("stock/other_orders", Switch),
            field("stock/other_orders_days", Number(1, 730)),
            field("stock/connect_items", Switch),
            field("stock/first_location", Named(OfShop::Locations)),
            field("stock/return_locations", Several(OfShop::Locations)),
        ],
    ),
    (
        "payouts",
        &[
            field("payouts/on", Switch),
            field("payouts/entry_type_out", Text),
            field("payouts/entry_type_in", Text),
            field("payouts/vat_zone", Pick(Source::Zones)),
        ],
    ),
    (
        "currencies",
        &[
            field("document_currency/currency", One(&["shop", "presentment"])),
            only(
                "document_currency/mapped",
                List,
                "document_currency/currency",
                "presentment",
            ),
            field(
                "rates/source",
                One(&["visma_net", "ecb", "norges_bank", "riksbank", "fixed"]),
            ),
            only("rates/visma_type", Text, "rates/source", "visma_net"),
            field("rates/oldest_days", Number(0, 60)),
        ],
    ),
    (
        "schedule",
        &[
            field("schedule/orders/every", EVERY),
            only("schedule/orders/at", Time, "schedule/orders/every", "day"),
            only("schedule/customers/every", EVERY, "customers/which", "all"),
            only(
                "schedule/customers/at",
                Time,
                "schedule/customers/every",
                "day",
            ),
            field("schedule/products/every", EVERY),
            only(
                "schedule/products/at",
                Time,
                "schedule/products/every",
                "day",
            ),
            field("schedule/stock/every", EVERY),
            only("schedule/stock/at", Time, "schedule/stock/every", "day"),
            field("schedule/payouts/every", EVERY),
            only("schedule/payouts/at", Time, "schedule/payouts/every", "day"),
            field("schedule/proof", One(&["day", "week", "by_hand"])),
            field("schedule/pause_seconds", Number(30, 3600)),
        ],
    ),
    (
        "retention",
        &[
            field("retention/payload_days", within(&Kept::PAYLOADS)),
            field("retention/exchange_days", within(&Kept::EXCHANGES)),
            field("retention/activity_days", within(&Kept::ACTIVITY)),
        ],
    ),
];
