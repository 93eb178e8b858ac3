use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::shop::Other;

/// What Visma.net is set up with, as far as orders and customers need it. Read once a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// Items by exact inventory number.
    pub items: std::collections::BTreeMap<String, Item>,
    /// VAT ids with their zones, categories and rates (`GET /v1/vat`).
    pub vat_ids: Vec<VatId>,
    /// Currencies (`GET /v1/currency`).
    pub currencies: Vec<CurrencyInfo>,
    /// Warehouses (`GET /v1/warehouse`).
    pub warehouses: Vec<Warehouse>,
    /// Customer classes (`GET /v1/customer/customerClass`).
    pub customer_classes: Vec<CustomerClass>,
    /// Branches (`GET /v1/branch`).
    pub branches: Vec<Branch>,
    /// Payment methods (`GET /v1/paymentmethod`).
    pub payment_methods: Vec<PaymentMethod>,
    /// Financial periods (`GET /v1/financialPeriod`).
    pub periods: Vec<Period>,
    /// Sales order types (`GET /v1/salesordertype`).
    pub order_types: Vec<OrderType>,
    /// Currencies in which a cash account exists (`GET /v1/cashaccount`), ISO codes.
    pub cash_currencies: std::collections::BTreeSet<String>,
    /// Cash accounts, for payments and payouts.
    #[serde(default)]
    pub cash_accounts: Vec<super::CashAccount>,
    /// Accounts of the general ledger that can be posted to (`GET /v1/account`). None where they may not be read: nothing is known of a
    /// number then.
    #[serde(default)]
    pub accounts: Option<Vec<Account>>,
}

/// An account of the general ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Number.
    pub number: String,
    /// Text.
    pub description: String,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Inventory number: the SKU.
    pub number: String,
    /// Text for people.
    pub description: String,
    /// `Active`, `NoSales`, ... as Visma.net writes it.
    pub status: String,
    /// Stock or not, and which kind.
    pub item_type: ItemType,
    /// Is it counted in stock.
    pub stock: bool,
    /// A kit, or tracked by lot or serial number: not supported yet.
    pub unsupported: bool,
    /// Item class.
    #[serde(default)]
    pub class: Option<String>,
    /// Default VAT category.
    pub vat_category: Option<String>,
    /// Unit in which it is counted in stock.
    #[serde(default)]
    pub base_unit: Option<String>,
    /// Unit in which a line sells it that names none.
    pub sales_unit: Option<String>,
}

impl Item {
    /// The unit in which it is counted and the one in which it is sold, where they are two.
    pub fn two_units(&self) -> Option<(&str, &str)> {
        let base = self.base_unit.as_deref()?.trim();
        let sales = self.sales_unit.as_deref()?.trim();
        let differ = base != sales && !base.is_empty() && !sales.is_empty();
        differ.then_some((base, sales))
    }
}

/// `InventoryDto.type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum ItemType {
    /// A service or the like: `NonStockItem`.
    NonStock,
    /// Work: `LaborItem`.
    Labor,
    /// `ServiceItem`.
    Service,
    /// `ChargeItem`: its lines may be negative (`facts/visma` 7, code 1809).
    Charge,
    /// `ExpenseItem`.
    Expense,
    /// Goods: `FinishedGoodItem`.
    FinishedGood,
    /// `ComponentPartItem`.
    ComponentPart,
    /// `SubassemblyItem`.
    Subassembly,
    /// A value newer than this program.
    Unknown(Other),
}

impl From<String> for ItemType {
    fn from(text: String) -> Self {
        match text.as_str() {
            "NonStockItem" => Self::NonStock,
            "LaborItem" => Self::Labor,
            "ServiceItem" => Self::Service,
            "ChargeItem" => Self::Charge,
            "ExpenseItem" => Self::Expense,
            "FinishedGoodItem" => Self::FinishedGood,
            "ComponentPartItem" => Self::ComponentPart,
            "SubassemblyItem" => Self::Subassembly,
            _ => Self::Unknown(Other(text)),
        }
    }
}

impl From<ItemType> for String {
    fn from(value: ItemType) -> Self {
        match value {
            ItemType::NonStock => "NonStockItem".into(),
            ItemType::Labor => "LaborItem".into(),
            ItemType::Service => "ServiceItem".into(),
            ItemType::Charge => "ChargeItem".into(),
            ItemType::Expense => "ExpenseItem".into(),
            ItemType::FinishedGood => "FinishedGoodItem".into(),
            ItemType::ComponentPart => "ComponentPartItem".into(),
            ItemType::Subassembly => "SubassemblyItem".into(),
            ItemType::Unknown(other) => other.0,
        }
    }
}

/// How Visma.net computes a VAT id (`VatInformationDto.calculateOn`, `booking-rules` 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VatCalculation {
    /// `ItemAmount`, `ItemTaxAmount`: per line, rounded per line.
    PerLine,
    /// `DocumentAmount`, `DocumenTaxAmount`: on the sum of the document.
    PerDocument,
    /// `ExtractFromItemAmount`: VAT is taken out of the price; such an id is held.
    Inclusive,
}

/// One VAT id (`VatInformationDto`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VatId {
    /// Its id.
    pub id: String,
    /// Text for people.
    pub description: String,
    /// How it is computed; `None` when Visma.net says something unknown.
    pub calculation: Option<VatCalculation>,
    /// The VAT zones it belongs to.
    pub zones: Vec<String>,
    /// The VAT categories it belongs to.
    pub categories: Vec<String>,
    /// Rates by date.
    pub rates: Vec<VatRate>,
    /// Reverse charge (`reverseVat` or type).
    pub reverse: bool,
}

/// One rate of a VAT id, from a date on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VatRate {
    /// First day.
    pub from: NaiveDate,
    /// Per cent.
    #[serde(with = "rust_decimal::serde::str")]
    pub percent: Decimal,
}

impl VatId {
    /// The rate on `date`, in per cent.
    pub fn rate_on(&self, date: NaiveDate) -> Option<Decimal> {
        self.rates
            .iter()
            .filter(|rate| rate.from <= date)
            .max_by_key(|rate| rate.from)
            .map(|rate| rate.percent)
    }
}

/// One currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyInfo {
    /// ISO code.
    pub id: String,
    /// Decimals of amounts.
    pub decimals: u32,
    /// The company's own currency.
    pub base: bool,
}

/// One warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warehouse {
    /// Its id.
    pub id: String,
    /// Text for people.
    pub description: String,
    /// Is it active.
    pub active: bool,
}

/// One customer class with the defaults that it gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerClass {
    /// Its id.
    pub id: String,
    /// Text for people.
    pub description: String,
    /// VAT zone given to customers of the class.
    pub vat_zone: Option<String>,
    /// Does the class name a country in its description or attributes; kept as text for suggestions.
    pub country: Option<String>,
}

/// One branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
}

/// One payment method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// Its id.
    pub id: String,
    /// Text for people.
    pub description: String,
}

/// One financial period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// `YYYYMM`.
    pub id: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// May customer documents still be posted.
    pub open: bool,
}

/// One sales order type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderType {
    /// Two letters, such as `SO`.
    pub id: String,
    /// Text for people.
    pub description: String,
    /// May it be used.
    pub active: bool,
    /// `SalesOrder`, `Invoice`, `Quote`, `RMAOrder`, `CreditMemo`.
    pub behavior: String,
    /// New orders of the type are put on hold.
    pub hold_on_entry: bool,
}

impl Catalogue {
    /// The decimals of amounts in `currency`, as Visma.net has them; `None` if the currency is not set up.
    pub fn decimals(&self, currency: &str) -> Option<u32> {
        self.currencies
            .iter()
            .find(|known| known.id == currency)
            .map(|known| known.decimals)
    }

    /// The company's own currency.
    pub fn base_currency(&self) -> Option<&str> {
        self.currencies
            .iter()
            .find(|known| known.base)
            .map(|known| known.id.as_str())
    }

    /// The VAT ids that a category in a zone leads to: those that belong to both (`facts/visma` 11). One is right.
    pub fn vat_ids_of(&self, category: &str, zone: &str) -> Vec<&VatId> {
        self.vat_ids
            .iter()
            .filter(|vat| {
                vat.zones.iter().any(|z| z == zone) && vat.categories.iter().any(|c| c == category)
            })
            .collect()
    }

    /// The period that holds `date`.
    pub fn period(&self, date: NaiveDate) -> Option<&Period> {
        self.periods
            .iter()
            .find(|period| period.from <= date && date <= period.to)
    }
}
