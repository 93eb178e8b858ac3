//! What the practice company is set up with: items, customers, VAT, currencies, periods and the rest that a sales order leans on.

mod company;
mod customers;
mod items;
mod ledger;
mod prices;
mod seen;
pub(super) mod vat;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value};

use super::VismaConfig;
use crate::shop_data::ShopData;

/// The master data of the practice company.
#[derive(Debug, Clone)]
pub struct VismaData {
    /// Items by inventory number.
    pub items: BTreeMap<String, Item>,
    /// Customers that are there before the first order, in the shape of `CustomerDto`.
    pub customers: Vec<Map<String, Value>>,
    /// VAT ids.
    pub vat_ids: Vec<VatId>,
    /// VAT categories: id and text.
    pub vat_categories: Vec<Named>,
    /// VAT zones: id and text.
    pub vat_zones: Vec<VatZone>,
    /// Warehouses.
    pub warehouses: Vec<Named>,
    /// Currencies; exactly one is the base currency.
    pub currencies: Vec<Currency>,
    /// Exchange rates into the base currency.
    pub rates: Vec<Rate>,
    /// Types of exchange rates; documents take those of the first.
    pub rate_types: Vec<RateType>,
    /// Payment methods.
    pub payment_methods: Vec<Named>,
    /// Cash accounts.
    pub cash_accounts: Vec<CashAccount>,
    /// What cash transactions can be; every cash account takes each.
    pub entry_types: Vec<EntryType>,
    /// Reasons to write a balance off.
    pub reason_codes: Vec<ReasonCode>,
    /// Branches; the first is the company's main one.
    pub branches: Vec<Named>,
    /// Financial periods.
    pub periods: Vec<Period>,
    /// Sales order types.
    pub order_types: Vec<OrderType>,
    /// Customer classes.
    pub customer_classes: Vec<CustomerClass>,
    /// Credit terms.
    pub credit_terms: Vec<CreditTerm>,
    /// General ledger accounts that sales may use.
    pub accounts: Vec<Named>,
    /// Segments of subaccounts by number, with their values.
    pub segments: BTreeMap<u16, Vec<Named>>,
    /// Carriers (ship-via codes).
    pub carriers: Vec<Named>,
    /// Price lists.
    pub sales_prices: Vec<SalesPrice>,
}

/// An id and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The text.
    pub text: String,
}

impl Named {
    pub(crate) fn new(id: &str, text: &str) -> Self {
        Self {
            id: id.to_owned(),
            text: text.to_owned(),
        }
    }
}

/// One item.
#[derive(Debug, Clone)]
pub struct Item {
    /// `inventoryId`.
    pub internal_id: i32,
    /// `inventoryNumber`: the SKU.
    pub number: String,
    /// Text.
    pub description: String,
    /// `InventoryDto.type`.
    pub kind: &'static str,
    /// `InventoryDto.status`.
    pub status: String,
    /// Item class.
    pub class: String,
    /// Default VAT category.
    pub vat_category: String,
    /// Default price in base currency, without VAT: what a line costs when the order does not insist on its own price.
    pub default_price: Decimal,
    /// EAN, if known.
    pub barcode: Option<String>,
    /// Default sales account.
    pub sales_account: String,
    /// Kilograms.
    pub weight: Decimal,
    /// The unit in which it is sold, where that is not the one in which it is counted.
    pub sales_unit: Option<SalesUnit>,
    /// Units in the main warehouse on the first day, for stock items; a tenth of it lies in the shop's.
    pub on_hand: Decimal,
}

/// The unit in which every item of the company is counted.
pub(in crate::visma) const BASE_UNIT: &str = "STK";

/// A unit that holds several of those in which an item is counted (`InventoryDto.salesUnit`, `InventoryUnitDto`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesUnit {
    /// Its name, at most six letters.
    pub name: String,
    /// Base units in one.
    pub holds: Decimal,
}

/// One row of a price list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesPrice {
    /// `recordId`.
    pub record: i32,
    /// `priceType`: `Base`, `Customer` or `CustomerPriceClass`.
    pub kind: &'static str,
    /// `priceCode`: which customer or class.
    pub code: Option<String>,
    /// Inventory number.
    pub item: String,
    /// Price of one, without VAT.
    pub price: Decimal,
    /// ISO currency.
    pub currency: String,
    /// From so many units on.
    pub break_quantity: Decimal,
    /// Is it a promotion.
    pub promotion: bool,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

impl Item {
    /// Is it kept in stock.
    pub fn is_stock(&self) -> bool {
        matches!(
            self.kind,
            "FinishedGoodItem" | "ComponentPartItem" | "SubassemblyItem"
        )
    }

    /// `salesUnit`: that of a line which names none.
    pub fn sold_in(&self) -> &str {
        self.sales_unit
            .as_ref()
            .map_or(BASE_UNIT, |unit| &unit.name)
    }

    /// Base units in one of a unit; none if the item does not come in it.
    pub fn holds(&self, unit: &str) -> Option<Decimal> {
        match &self.sales_unit {
            Some(sales) if sales.name == unit => Some(sales.holds),
            _ => (unit == BASE_UNIT).then_some(Decimal::ONE),
        }
    }

    /// The line type of its order lines. Only `MiscCharge` lines may have a negative quantity (code 1809).
    pub fn line_type(&self) -> &'static str {
        match self.kind {
            "ChargeItem" => "MiscCharge",
            _ if self.is_stock() => "GoodsForInventory",
            _ => "NonInventoryGoods",
        }
    }
}

/// One VAT id: it applies where its zones and its categories meet (`facts/visma 11`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatId {
    /// `vatId`.
    pub id: String,
    /// Text.
    pub description: String,
    /// `calculateOn`.
    pub calculate_on: CalculateOn,
    /// Reverse charge.
    pub reverse: bool,
    /// `vismaXmlVatType`.
    pub level: &'static str,
    /// Its zones.
    pub zones: Vec<String>,
    /// Its categories.
    pub categories: Vec<String>,
    /// Rates in per cent, each from a day on.
    pub schedule: Vec<(NaiveDate, Decimal)>,
}

impl VatId {
    /// The rate on `date`, in per cent; none before the first.
    pub fn rate_on(&self, date: NaiveDate) -> Option<Decimal> {
        self.schedule
            .iter()
            .filter(|(from, _)| *from <= date)
            .max_by_key(|(from, _)| *from)
            .map(|(_, rate)| *rate)
    }
}

/// `VatInformationDto.calculateOn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalculateOn {
    /// Per line, on top of it.
    ItemAmount,
    /// On the document's sum, on top of it.
    DocumentAmount,
    /// Per line, out of it: prices include VAT.
    ExtractFromItemAmount,
}

impl CalculateOn {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::ItemAmount => "ItemAmount",
            Self::DocumentAmount => "DocumentAmount",
            Self::ExtractFromItemAmount => "ExtractFromItemAmount",
        }
    }
}

/// One VAT zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VatZone {
    /// The id.
    pub id: String,
    /// The text.
    pub text: String,
    /// ISO country that it stands for, if one. The API does not show it (`booking-rules 5`).
    pub country: Option<String>,
    /// Which scheme of VAT: `domestic`, `ioss`, `b2b`, `export`, `sales-tax`. The API does not show it.
    pub scheme: &'static str,
    /// `defaultVatCategory`.
    pub default_category: String,
}

/// One currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Currency {
    /// ISO code.
    pub id: String,
    /// Text.
    pub text: String,
    /// Is it the company's own.
    pub base: bool,
    /// Decimals of its amounts.
    pub decimals: u32,
}

/// One exchange rate: so many units of the base currency for one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// From this currency.
    pub from: String,
    /// Type of the rate.
    pub kind: String,
    /// From this day on.
    pub since: NaiveDate,
    /// Units of the base currency for one.
    pub rate: Decimal,
    /// The number as it was written.
    pub written: Decimal,
    /// Is the written number units of this currency for one of the base currency.
    pub divide: bool,
}

/// One type of exchange rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RateType {
    /// The id, at most 6 characters.
    pub id: String,
    /// The text.
    pub text: String,
    /// For how many days a rate holds; 0 until the next.
    pub days: i32,
}

/// What a cash transaction can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryType {
    /// The id.
    pub id: String,
    /// The text.
    pub text: String,
    /// Money in; else money out.
    pub receipt: bool,
    /// Account on the other side, unless a detail names another.
    pub offset_account: String,
}

/// A reason to write a balance off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonCode {
    /// The id.
    pub id: String,
    /// The text.
    pub text: String,
    /// Account that bears it.
    pub account: String,
}

/// One cash account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CashAccount {
    /// Number.
    pub number: String,
    /// Text.
    pub text: String,
    /// ISO currency.
    pub currency: String,
    /// Payment methods that may use it.
    pub methods: Vec<String>,
    /// General ledger account.
    pub account: String,
    /// The shop's gateway whose money it holds (`shopify_payments`), if one. The API does not show it.
    pub gateway: Option<&'static str>,
}

/// One financial period: a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// `YYYYMM`.
    pub id: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Has it been activated.
    pub active: bool,
    /// Is it closed for customer documents.
    pub closed: bool,
    /// Is it closed in cash management.
    pub closed_cash: bool,
    /// Is it closed in inventory.
    pub closed_inventory: bool,
    /// Is it closed in the general ledger.
    pub closed_general: bool,
}

/// One sales order type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderType {
    /// Two letters.
    pub id: String,
    /// Text.
    pub text: String,
    /// `behavior`.
    pub behavior: &'static str,
    /// `defaultOperation`.
    pub operation: &'static str,
    /// `customerDocumentType`.
    pub document: &'static str,
    /// Do its orders allocate stock (SA) or only book it (SO), `facts/visma 16`.
    pub allocates: bool,
    /// Can this practice Visma.net make one yet.
    pub practised: bool,
    /// Are new orders put on hold.
    pub hold_on_entry: bool,
}

/// One customer class with the defaults that it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CustomerClass {
    /// The id.
    pub id: String,
    /// The text.
    pub text: String,
    /// `taxZoneId`.
    pub vat_zone: Option<String>,
    /// `paymentMethodId`.
    pub payment_method: Option<String>,
    /// Credit terms of new customers.
    pub terms: Option<String>,
    /// Currency of new customers; the base currency when absent.
    pub currency: Option<String>,
    /// May documents be in another currency than the customer's (else 1408).
    pub any_currency: bool,
}

/// One set of credit terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreditTerm {
    /// The id.
    pub id: String,
    /// The text.
    pub text: String,
    /// Days until payment is due.
    pub days: i32,
}

/// One row of the VAT table that a merchant with this company would fill in: which zone and category book this rate rightly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VatRow {
    /// ISO country of destination; absent for export, which takes the rest of the world.
    pub country: Option<String>,
    /// Scheme of the zone: `domestic`, `ioss`, `b2b`, `export`, `sales-tax`.
    pub scheme: &'static str,
    /// Per cent, on the day asked for.
    pub rate: Decimal,
    /// VAT id that applies.
    pub vat_id: String,
    /// VAT zone, for the order.
    pub zone: String,
    /// VAT category, for the line.
    pub category: String,
}

/// The item for shipping lines.
pub const ITEM_SHIPPING: &str = "FRAKT";
/// The item for additional fees.
pub const ITEM_FEE: &str = "GEBYR";
/// The item for tips.
pub const ITEM_TIP: &str = "TIPS";
/// The item for duties.
pub const ITEM_DUTY: &str = "TOLL";
/// The item for gift cards sold.
pub const ITEM_GIFT_CARD: &str = "GAVEKORT";
/// The item for the rounding line; its lines may be negative.
pub const ITEM_ROUNDING: &str = "AVRUNDING";
/// The item for the difference between a refund and its lines.
pub const ITEM_REFUND_DIFFERENCE: &str = "REFDIFF";
/// The item for the rounding of cash payments; its lines may be negative.
pub const ITEM_CASH_ROUNDING: &str = "KONTANTAVR";
/// The item for custom lines.
pub const ITEM_CUSTOM: &str = "DIVERSE";

/// The rate type that documents take.
pub const RATE_TYPE: &str = "SPOT";
/// What customers owe.
pub(crate) const ACCOUNT_RECEIVABLES: &str = "1500";
/// What customers paid ahead.
pub(crate) const ACCOUNT_PREPAYMENTS: &str = "2900";
/// Differences of rounding.
pub(crate) const ACCOUNT_ROUNDING: &str = "7740";
/// Differences of exchange.
pub(crate) const ACCOUNT_EXCHANGE: &str = "8160";

/// The category of what bears no VAT at all: rounding and gift cards, in every zone.
pub const CATEGORY_NONE: &str = "INGEN";
/// The main warehouse.
pub const WAREHOUSE: &str = "HOVED";
/// The physical shop's warehouse.
pub const WAREHOUSE_STORE: &str = "BUTIKK";

impl OrderType {
    /// Do its orders have a shipment step (`facts/visma 16`).
    pub fn ships(&self) -> bool {
        matches!(self.behavior, "SalesOrder" | "RMAOrder")
    }
}

impl VismaData {
    /// The company that fits a shop: an item for each of its SKUs, its currencies, VAT for its countries, and some customers that it already has.
    pub fn for_shop(shop: &ShopData, config: &VismaConfig) -> Self {
        let seen = seen::Seen::in_shop(shop);
        let (vat_ids, vat_categories, vat_zones) = vat::setup(&seen, config.vat_rounding);
        let currencies = company::currencies(&seen);
        let codes: BTreeSet<&str> = currencies
            .iter()
            .map(|currency| currency.id.as_str())
            .collect();
        let customer_classes = company::customer_classes(&codes);
        let credit_terms = company::credit_terms();
        let customers = customers::existing(&seen, &customer_classes, &credit_terms, &vat_zones);
        let items = items::all(&seen);
        Self {
            sales_prices: prices::all(items.values(), seen.years),
            items,
            customers,
            vat_ids,
            vat_categories,
            vat_zones,
            warehouses: vec![
                Named::new(WAREHOUSE, "Hovedlager"),
                Named::new(WAREHOUSE_STORE, "Butikklager"),
            ],
            rates: company::rates(&codes, shop),
            rate_types: company::rate_types(),
            payment_methods: ledger::payment_methods(),
            cash_accounts: ledger::cash_accounts(&codes),
            entry_types: ledger::entry_types(),
            reason_codes: ledger::reason_codes(),
            currencies,
            branches: vec![Named::new("1", &config.company)],
            periods: company::periods(&seen),
            order_types: company::order_types(),
            customer_classes,
            credit_terms,
            accounts: ledger::accounts(),
            segments: BTreeMap::from([
                (
                    1,
                    vec![Named::new("10", "Nettbutikk"), Named::new("20", "Butikk")],
                ),
                (
                    2,
                    vec![Named::new("100", "Oslo"), Named::new("200", "Bergen")],
                ),
            ]),
            carriers: vec![
                Named::new("POSTEN", "Posten Norge"),
                Named::new("BRING", "Bring"),
            ],
        }
    }

    /// Is it the value of a segment of subaccounts.
    pub(crate) fn has_segment(&self, id: u16, value: &str) -> bool {
        self.segments
            .get(&id)
            .is_some_and(|known| has(known, value))
    }

    /// The VAT table that books this company's sales rightly on `date`: every pair of zone and category to which exactly one VAT id belongs.
    pub fn vat_rows(&self, date: NaiveDate) -> Vec<VatRow> {
        let mut rows = Vec::new();
        for zone in &self.vat_zones {
            for category in &self.vat_categories {
                let applied: Vec<&VatId> = self
                    .vat_ids
                    .iter()
                    .filter(|vat| {
                        vat.zones.contains(&zone.id) && vat.categories.contains(&category.id)
                    })
                    .collect();
                if let [vat] = applied[..]
                    && let Some(rate) = vat.rate_on(date)
                {
                    rows.push(VatRow {
                        country: zone.country.clone(),
                        scheme: zone.scheme,
                        rate,
                        vat_id: vat.id.clone(),
                        zone: zone.id.clone(),
                        category: category.id.clone(),
                    });
                }
            }
        }
        rows
    }

    pub(crate) fn base_currency(&self) -> &str {
        self.currencies
            .iter()
            .find(|currency| currency.base)
            .map_or("NOK", |currency| &currency.id)
    }

    pub(crate) fn currency(&self, id: &str) -> Option<&Currency> {
        self.currencies.iter().find(|currency| currency.id == id)
    }

    /// Decimals of amounts in `currency`.
    pub(crate) fn decimals(&self, currency: &str) -> u32 {
        self.currency(currency)
            .map_or(2, |currency| currency.decimals)
    }

    /// Units of the base currency for one unit of `currency` on `date`, from the rate table (`facts/visma 7`: v3 carries no rate of its own).
    pub(crate) fn rate(&self, currency: &str, date: NaiveDate) -> Decimal {
        self.known_rate(currency, date).unwrap_or(Decimal::ONE)
    }

    /// The same, if the table has one.
    pub(crate) fn known_rate(&self, currency: &str, date: NaiveDate) -> Option<Decimal> {
        if currency == self.base_currency() {
            return Some(Decimal::ONE);
        }
        self.rates
            .iter()
            .filter(|rate| rate.kind == RATE_TYPE && rate.from == currency && rate.since <= date)
            .max_by_key(|rate| rate.since)
            .map(|rate| rate.rate)
    }

    pub(crate) fn cash_account(&self, number: &str) -> Option<&CashAccount> {
        self.cash_accounts
            .iter()
            .find(|account| account.number == number)
    }

    /// The account that a VAT id's tax is owed on.
    pub(crate) fn vat_account(&self, vat_id: &str) -> String {
        let vat = self.vat_ids.iter().find(|vat| vat.id == vat_id);
        let domestic = vat.is_none_or(|vat| {
            self.vat_zones
                .iter()
                .any(|zone| zone.scheme == "domestic" && vat.zones.contains(&zone.id))
        });
        match vat.map(|vat| vat.level) {
            _ if !domestic => "2710",
            Some("VatTypeMedium") => "2701",
            Some("VatTypeLow") => "2702",
            _ => "2700",
        }
        .to_owned()
    }

    pub(crate) fn period_of(&self, date: NaiveDate) -> Option<&Period> {
        self.periods
            .iter()
            .find(|period| period.from <= date && date <= period.to)
    }

    pub(crate) fn class(&self, id: &str) -> Option<&CustomerClass> {
        self.customer_classes.iter().find(|class| class.id == id)
    }

    pub(crate) fn order_type(&self, id: &str) -> Option<&OrderType> {
        self.order_types.iter().find(|kind| kind.id == id)
    }

    pub(crate) fn zone(&self, id: &str) -> Option<&VatZone> {
        self.vat_zones.iter().find(|zone| zone.id == id)
    }
}

pub(crate) fn has(list: &[Named], id: &str) -> bool {
    list.iter().any(|named| named.id == id)
}

pub(crate) fn text_of<'a>(list: &'a [Named], id: &str) -> Option<&'a str> {
    list.iter()
        .find(|named| named.id == id)
        .map(|named| named.text.as_str())
}
