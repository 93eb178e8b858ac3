//! Choices about products and stock (`booking-rules` 9).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A part of a product that has exactly one owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductField {
    /// The product's title: the item's description.
    Title,
    /// The variant's price.
    Price,
    /// The price that is struck out: the item's recommended price.
    CompareAt,
    /// The variant's barcode.
    Barcode,
    /// The variant's weight.
    Weight,
    /// The product's type: the item's class.
    ProductType,
}

impl ProductField {
    /// Every field, in the order in which changes are shown.
    pub const ALL: [Self; 6] = [
        Self::Title,
        Self::Price,
        Self::CompareAt,
        Self::Barcode,
        Self::Weight,
        Self::ProductType,
    ];

    /// The stable word for messages and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Price => "price",
            Self::CompareAt => "compare_at",
            Self::Barcode => "barcode",
            Self::Weight => "weight",
            Self::ProductType => "product_type",
        }
    }

    /// Who owns the field where the merchant has not chosen: `booking-rules` 9 lists what comes over from Visma.net; a
    /// compare-at price is not among it.
    fn usual_owner(self) -> Owner {
        match self {
            Self::CompareAt => Owner::Shop,
            Self::Title | Self::Price | Self::Barcode | Self::Weight | Self::ProductType => {
                Owner::Erp
            }
        }
    }
}

/// Who owns a field: the other side is never written from, and never overwrites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Visma.net: its value goes to Shopify.
    Erp,
    /// Shopify: left alone there, and written to Visma.net where the merchant wants it.
    Shop,
}

/// What becomes of an item that no product of the shop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewItems {
    /// A draft product, for people to finish and publish.
    #[default]
    Draft,
    /// Nothing.
    Leave,
}

/// What becomes of a product of the shop that no item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewProducts {
    /// Nothing: it is named.
    #[default]
    Leave,
    /// An item in Visma.net, with the SKU as its number.
    Create,
}

/// What new items in Visma.net are made with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewItemSettings {
    /// Item class of products whose stock the shop counts. Visma.net wants one.
    pub goods_class: Option<String>,
    /// Item class of all others.
    pub service_class: Option<String>,
    /// Posting class; none is the item class's own.
    pub posting_class: Option<String>,
    /// VAT category; none is the item class's own, and then no default price can be told.
    pub vat_category: Option<String>,
}

/// What becomes of the product of an item that is inactive in Visma.net. Nothing is ever deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InactiveItems {
    /// Listed, for somebody to say yes (`approved_archives`).
    #[default]
    Propose,
    /// Archived.
    Archive,
    /// Left as it is.
    Leave,
}

/// Where prices come from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum PriceSource {
    /// `defaultPrice` of the item, in the company's base currency (`facts/visma` 9).
    #[default]
    DefaultPrice,
    /// A list of `GET /v1/customerSalesPrice`, in the shop's currency.
    List {
        /// Price class of the list; none is the base prices.
        price_class: Option<String>,
    },
}

/// How Visma.net's net price becomes the shop's price.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "vat")]
pub enum PriceVat {
    /// Not chosen: right as it is in a shop whose prices have no VAT in them, held in one whose prices have.
    #[default]
    Undecided,
    /// Taken as it is.
    AsIs,
    /// The rate that the item's VAT category has in this VAT zone is added.
    Add {
        /// VAT zone of customers at home.
        zone: String,
    },
}

/// Products and prices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProductSettings {
    /// Are products kept in step at all.
    pub on: bool,
    /// Owners of fields, where not the usual ones.
    pub owners: BTreeMap<ProductField, Owner>,
    /// Items without a product.
    pub new_items: NewItems,
    /// Products without an item.
    pub new_products: NewProducts,
    /// What new items are made with.
    pub new_item: NewItemSettings,
    /// Are title, price and weight written to Visma.net's items where the shop owns them.
    pub write_own_fields: bool,
    /// Item classes whose items may become new products; none is every class.
    pub classes: BTreeSet<String>,
    /// Product type per item class; the products of a class without a row keep their type.
    pub product_types: BTreeMap<String, String>,
    /// Where prices come from.
    pub price: PriceSource,
    /// VAT in prices.
    pub price_vat: PriceVat,
    /// May a price of 0 go to the shop. Visma.net shows 0 also where nobody has set a price.
    pub allow_zero_price: bool,
    /// Products of inactive items.
    pub inactive: InactiveItems,
    /// Items whose product may be archived (item numbers): the answers to what was proposed.
    pub approved_archives: BTreeSet<String>,
}

impl ProductSettings {
    /// Who owns a field.
    pub fn owner(&self, field: ProductField) -> Owner {
        self.owners
            .get(&field)
            .copied()
            .unwrap_or_else(|| field.usual_owner())
    }
}

/// Which of Visma.net's quantities is the usable one (`facts/visma` 9, 16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockQuantity {
    /// Physical stock: no order has reduced it.
    OnHand,
    /// On hand less unreleased issues and allocations: orders of type SA have reduced it, those of type SO have not.
    #[default]
    AvailableForShipment,
    /// By the item class's own availability rules.
    Available,
}

/// Units kept back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Buffers {
    /// Where nothing else is said.
    pub default: u32,
    /// Per location (numeric id).
    pub locations: BTreeMap<String, u32>,
    /// Per item number; goes before the location's.
    pub items: BTreeMap<String, u32>,
}

impl Buffers {
    /// The units kept back of an item at a location.
    pub fn of(&self, item: &str, location: &str) -> u32 {
        self.items
            .get(item)
            .or_else(|| self.locations.get(location))
            .copied()
            .unwrap_or(self.default)
    }
}

/// Stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StockSettings {
    /// Is stock kept in step at all.
    pub on: bool,
    /// The usable quantity.
    pub quantity: StockQuantity,
    /// The merchant has seen that the item classes' availability rules deduct sales orders. No API shows it; without it,
    /// [`StockQuantity::Available`] pushes nothing.
    pub available_deducts_orders: bool,
    /// Location (numeric id) per warehouse. Several warehouses may share one; a warehouse without a row is never pushed.
    pub locations: BTreeMap<String, String>,
    /// Location whose stock pays first for open units of which nobody knows from where they go.
    pub first_location: Option<String>,
    /// Locations where goods come back (numeric ids): not sellable, never written.
    pub return_locations: BTreeSet<String>,
    /// Units kept back.
    pub buffer: Buffers,
    /// May an item be connected to a mapped location where it is not stocked yet.
    pub connect_items: bool,
    /// Are open sales orders of other channels deducted.
    pub other_orders: bool,
    /// How many days back open sales orders of other channels are looked for at first.
    pub other_orders_days: u32,
}

impl Default for StockSettings {
    fn default() -> Self {
        Self {
            on: false,
            quantity: StockQuantity::default(),
            available_deducts_orders: false,
            locations: BTreeMap::new(),
            first_location: None,
            return_locations: BTreeSet::new(),
            buffer: Buffers::default(),
            connect_items: false,
            other_orders: true,
            other_orders_days: 90,
        }
    }
}
