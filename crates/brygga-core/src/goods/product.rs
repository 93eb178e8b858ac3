//! Products and prices: Visma.net's items become, and stay, the shop's variants. Each field has one owner; nothing is ever deleted.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::link::{Matched, Unmatched, pair, sku};
use super::own::{self, ItemChange, ItemDraft};
use super::price::price;
use crate::code::{Code, Problem};
use crate::erp::Catalogue;
use crate::money::{Currency, round};
use crate::settings::{InactiveItems, NewItems, NewProducts, Owner, ProductField, ProductSettings};
use crate::shop::known_or_other;

/// The longest title that Shopify takes.
const TITLE: usize = 255;

known_or_other! {
    /// `InventoryDto.status` (`facts/visma` 9).
    ItemStatus {
        /// In use.
        Active = "Active",
        /// Not sold any more.
        NoSales = "NoSales",
        /// Not bought any more; sold while there is stock.
        NoPurchases = "NoPurchases",
        /// Not asked for any more.
        NoRequest = "NoRequest",
        /// Out of use.
        Inactive = "Inactive",
        /// To be removed.
        MarkedForDeletion = "MarkedForDeletion",
    }
}

impl ItemStatus {
    /// May the item not be sold any more. A word that nobody knows takes nothing out of the shop.
    pub fn is_out_of_sale(&self) -> bool {
        matches!(
            self,
            Self::NoSales | Self::Inactive | Self::MarkedForDeletion
        )
    }
}

known_or_other! {
    /// `Product.status`.
    ProductStatus {
        /// Sold.
        Active = "ACTIVE",
        /// Being prepared.
        Draft = "DRAFT",
        /// Put away.
        Archived = "ARCHIVED",
        /// Sold to those who know the address.
        Unlisted = "UNLISTED",
    }
}
known_or_other! {
    /// `WeightUnit` of the shop.
    WeightUnit {
        /// g.
        Grams = "GRAMS",
        /// kg.
        Kilograms = "KILOGRAMS",
        /// oz.
        Ounces = "OUNCES",
        /// lb.
        Pounds = "POUNDS",
    }
}
known_or_other! {
    /// `CustomerSalesPriceDto.priceType`.
    PriceType {
        /// For everybody.
        Base = "Base",
        /// For one customer.
        Customer = "Customer",
        /// For a price class.
        PriceClass = "CustomerPriceClass",
    }
}

/// A weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weight {
    /// How many.
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
    /// Of what.
    pub unit: WeightUnit,
}

impl Weight {
    /// In grams, to the milligram, so that what Shopify gives back as a binary fraction is the same weight. `None` in an unknown unit.
    pub fn grams(&self) -> Option<Decimal> {
        let one = match self.unit {
            WeightUnit::Grams => Decimal::ONE,
            WeightUnit::Kilograms => Decimal::ONE_THOUSAND,
            WeightUnit::Ounces => Decimal::new(28_349_523_125, 9),
            WeightUnit::Pounds => Decimal::new(45_359_237, 5),
            WeightUnit::Other(_) => return None,
        };
        self.value.checked_mul(one).map(|grams| round(grams, 3))
    }
}

/// A variant of the shop, with what it needs of its product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Numeric id.
    pub id: String,
    /// Numeric id of its product.
    pub product_id: String,
    /// Numeric id of its inventory item.
    pub inventory_item: String,
    /// SKU as it came, untrimmed.
    pub sku: Option<String>,
    /// Does the shop count its stock.
    pub tracked: bool,
    /// Is it made of other variants.
    pub bundle: bool,
    /// Is it its product's only variant: then title, type and status of the product follow its item.
    pub alone: bool,
    /// Title of the product.
    pub title: String,
    /// Title within the product.
    pub variant_title: String,
    /// Price in the shop's currency.
    #[serde(with = "rust_decimal::serde::str")]
    pub price: Decimal,
    /// Price that is struck out; empty is not 0.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub compare_at: Option<Decimal>,
    /// Barcode.
    pub barcode: Option<String>,
    /// Weight.
    pub weight: Option<Weight>,
    /// Type of the product.
    pub product_type: String,
    /// Status of the product.
    pub status: ProductStatus,
    /// Last change of the variant.
    pub updated_at: DateTime<Utc>,
}

impl Variant {
    /// What people call it.
    pub fn name(&self) -> String {
        if self.alone || self.variant_title.is_empty() {
            self.title.clone()
        } else {
            format!("{} / {}", self.title, self.variant_title)
        }
    }
}

/// An item of Visma.net, as far as products need it (`InventoryDto`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductItem {
    /// Item number: the SKU.
    pub number: String,
    /// Text for people: the title.
    pub description: String,
    /// Status.
    pub status: ItemStatus,
    /// Is it counted in stock.
    pub stock: bool,
    /// A kit, or tracked by lot or serial number.
    pub unsupported: bool,
    /// Item class.
    pub class: Option<String>,
    /// VAT category.
    pub vat_category: Option<String>,
    /// Unit of sale, which the prices of a list are for.
    pub sales_unit: Option<String>,
    /// `defaultPrice`, net, in the company's base currency.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub default_price: Option<Decimal>,
    /// `recommendedPrice`, net, in the company's base currency. Visma.net shows 0 where there is none.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub recommended_price: Option<Decimal>,
    /// Cross references of type Barcode.
    pub barcodes: Vec<String>,
    /// Weight of a base unit.
    pub weight: Option<Weight>,
}

/// A row of `GET /v1/customerSalesPrice`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceRow {
    /// `recordId`.
    pub id: i64,
    /// Item number.
    pub item: String,
    /// For whom.
    pub price_type: PriceType,
    /// The price class or the customer.
    pub price_code: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// From so many units on.
    #[serde(with = "rust_decimal::serde::str")]
    pub break_quantity: Decimal,
    /// ISO currency.
    pub currency: String,
    /// Net price of a unit.
    #[serde(with = "rust_decimal::serde::str")]
    pub price: Decimal,
    /// Is it an offer for a time.
    pub promotion: bool,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// What decisions about products stand on, beside items and variants.
#[derive(Debug, Clone, Copy)]
pub struct ProductGround<'a> {
    /// The shop's currency.
    pub currency: Currency,
    /// Do the shop's prices contain tax.
    pub taxes_included: bool,
    /// VAT ids and the base currency.
    pub catalogue: &'a Catalogue,
    /// Items that stand for shipping, rounding and the like: no products.
    pub special_items: &'a BTreeSet<String>,
    /// What was linked before: numeric variant id to item number.
    pub links: &'a BTreeMap<String, String>,
    /// Numbers of items that orders wait for: they are made, whatever becomes of other products without an item (`booking-rules` 3).
    pub wanted: &'a BTreeSet<String>,
    /// Today in the shop's time zone.
    pub today: NaiveDate,
}

/// One change of one field, with what was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldChange {
    /// Title of the product.
    Title {
        /// Before.
        from: String,
        /// After.
        to: String,
    },
    /// Price of the variant.
    Price {
        /// Before.
        #[serde(with = "rust_decimal::serde::str")]
        from: Decimal,
        /// After.
        #[serde(with = "rust_decimal::serde::str")]
        to: Decimal,
    },
    /// Price that is struck out; `None` is none at all.
    CompareAt {
        /// Before.
        #[serde(with = "rust_decimal::serde::str_option")]
        from: Option<Decimal>,
        /// After.
        #[serde(with = "rust_decimal::serde::str_option")]
        to: Option<Decimal>,
    },
    /// Barcode of the variant.
    Barcode {
        /// Before.
        from: Option<String>,
        /// After.
        to: String,
    },
    /// Weight of the variant.
    Weight {
        /// Before.
        from: Option<Weight>,
        /// After.
        to: Weight,
    },
    /// Type of the product.
    ProductType {
        /// Before.
        from: String,
        /// After.
        to: String,
    },
}

impl FieldChange {
    /// Does it belong to the product, not to the variant.
    pub fn is_of_product(&self) -> bool {
        matches!(self, Self::Title { .. } | Self::ProductType { .. })
    }
}

/// A product to be made, with one variant, as a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductDraft {
    /// Item number: the SKU.
    pub item: String,
    /// Title.
    pub title: String,
    /// Type.
    pub product_type: Option<String>,
    /// Price.
    #[serde(with = "rust_decimal::serde::str")]
    pub price: Decimal,
    /// Price that is struck out.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub compare_at: Option<Decimal>,
    /// Barcode.
    pub barcode: Option<String>,
    /// Weight.
    pub weight: Option<Weight>,
}

/// What becomes of one item, or of one variant that no item was found for.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductDecision {
    /// Item number; `None` for a variant without an item.
    pub item: Option<String>,
    /// Numeric ids of variant and product, where there is a pair or a variant.
    pub variant: Option<(String, String)>,
    /// Text for people.
    pub name: String,
    /// The link is to be made.
    pub link: bool,
    /// What to do.
    pub outcome: ProductOutcome,
    /// What of the item follows the shop: the fields that the shop owns.
    pub to_item: Vec<ItemChange>,
}

/// What to do about a product.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum ProductOutcome {
    /// All is as it should be.
    Same,
    /// Some fields follow the item.
    Change(Vec<FieldChange>),
    /// A new draft.
    Create(ProductDraft),
    /// A new item in Visma.net.
    CreateItem(ItemDraft),
    /// Put away.
    Archive,
    /// A person has to look.
    Held(Problem),
    /// Left out, with the reason.
    Skipped(Problem),
}

/// Decides what becomes of every item and every variant.
pub fn plan_products(
    items: &[ProductItem],
    prices: &[PriceRow],
    variants: &[Variant],
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> Vec<ProductDecision> {
    let pairing = pair(
        variants,
        items.iter().map(|item| item.number.as_str()),
        ground.links,
    );
    let mut lists: BTreeMap<&str, Vec<&PriceRow>> = BTreeMap::new();
    for row in prices {
        lists.entry(row.item.trim()).or_default().push(row);
    }
    let by_number: BTreeMap<&str, &ProductItem> = items
        .iter()
        .map(|item| (item.number.trim(), item))
        .collect();
    let ended: BTreeSet<&str> = pairing
        .matched
        .values()
        .filter(|matched| {
            by_number
                .get(matched.item)
                .is_some_and(|item| item.status.is_out_of_sale())
        })
        .map(|matched| matched.variant.id.as_str())
        .collect();
    let mut products: BTreeMap<&str, Vec<&Variant>> = BTreeMap::new();
    for variant in variants {
        products
            .entry(&variant.product_id)
            .or_default()
            .push(variant);
    }
    let mut decisions = Vec::with_capacity(items.len());
    for (number, item) in &by_number {
        let matched = pairing.matched.get(*number);
        let rows = lists.get(*number).map_or(&[][..], Vec::as_slice);
        let mut to_item = Vec::new();
        let mut outcome = if let Some(problem) = pairing.doubled.get(*number) {
            ProductOutcome::Held(problem.clone())
        } else {
            let decided = match matched {
                Some(matched) if item.status.is_out_of_sale() => {
                    let whole = products
                        .get(matched.variant.product_id.as_str())
                        .is_some_and(|all| {
                            all.iter()
                                .all(|variant| ended.contains(variant.id.as_str()))
                        });
                    Ok(inactive(item, matched, whole, settings))
                }
                Some(matched) => changes(item, rows, matched.variant, ground, settings),
                None => new_item(item, rows, ground, settings),
            };
            decided.unwrap_or_else(ProductOutcome::Held)
        };
        let in_sale = !item.status.is_out_of_sale() && !pairing.doubled.contains_key(*number);
        if let Some(matched) = matched.filter(|_| in_sale) {
            match own::changes(item, matched.variant, ground, settings) {
                Ok(changes) => to_item = changes,
                // What is wrong already is said first.
                Err(problem) if outcome == ProductOutcome::Same => {
                    outcome = ProductOutcome::Held(problem);
                }
                Err(_) => {}
            }
        }
        decisions.push(ProductDecision {
            item: Some((*number).to_owned()),
            variant: matched.map(|matched| {
                (
                    matched.variant.id.clone(),
                    matched.variant.product_id.clone(),
                )
            }),
            name: (*number).to_owned(),
            link: matched.is_some_and(|matched| !matched.linked),
            outcome,
            to_item,
        });
    }
    let counts = own::counts(variants);
    decisions.extend(
        pairing
            .unmatched
            .into_iter()
            .map(|unmatched| without_item(unmatched, &counts, ground, settings)),
    );
    decisions
}

/// Decides on the items that orders wait for, and on nothing else: for a shop whose products are not kept in step.
pub fn plan_wanted(
    items: &[ProductItem],
    variants: &[Variant],
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> Vec<ProductDecision> {
    let numbers = items.iter().map(|item| item.number.as_str());
    let counts = own::counts(variants);
    pair(variants, numbers, ground.links)
        .unmatched
        .into_iter()
        .filter(|unmatched| {
            let number = unmatched.variant.sku.as_deref().and_then(sku);
            number.is_some_and(|number| ground.wanted.contains(number))
        })
        .map(|unmatched| without_item(unmatched, &counts, ground, settings))
        .collect()
}

fn without_item(
    unmatched: Unmatched<'_>,
    counts: &BTreeMap<&str, usize>,
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> ProductDecision {
    let variant = unmatched.variant;
    let creates = |number: &&str| {
        unmatched.problem.code == Code::ItemNotFound
            && (settings.new_products == NewProducts::Create || ground.wanted.contains(*number))
    };
    let number = variant.sku.as_deref().and_then(sku);
    let outcome = match number.filter(creates) {
        Some(number) => own::new_product(variant, number, counts, ground, settings)
            .unwrap_or_else(ProductOutcome::Held),
        None => ProductOutcome::Held(unmatched.problem),
    };
    ProductDecision {
        item: None,
        variant: Some((variant.id.clone(), variant.product_id.clone())),
        name: variant.name(),
        link: false,
        outcome,
        to_item: Vec::new(),
    }
}

fn inactive(
    item: &ProductItem,
    matched: &Matched<'_>,
    whole: bool,
    settings: &ProductSettings,
) -> ProductOutcome {
    let about = |code: Code| {
        Problem::new(code)
            .with("item", item.number.trim())
            .with("status", item.status.as_str())
    };
    if matched.variant.status == ProductStatus::Archived {
        return ProductOutcome::Same;
    }
    // A product of which other variants are still sold stays.
    if !whole {
        return ProductOutcome::Skipped(about(Code::ProductInactiveLeft));
    }
    let approved = settings.approved_archives.contains(item.number.trim());
    match settings.inactive {
        InactiveItems::Archive => ProductOutcome::Archive,
        InactiveItems::Propose if approved => ProductOutcome::Archive,
        InactiveItems::Propose => ProductOutcome::Held(about(Code::ProductArchiveProposed)),
        InactiveItems::Leave => ProductOutcome::Skipped(about(Code::ProductInactiveLeft)),
    }
}

fn new_item(
    item: &ProductItem,
    rows: &[&PriceRow],
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> Result<ProductOutcome, Problem> {
    let number = item.number.trim();
    let wanted = settings.new_items == NewItems::Draft
        && !item.status.is_out_of_sale()
        && item.stock
        && !item.unsupported
        && !ground.special_items.contains(number)
        && (settings.classes.is_empty()
            || item
                .class
                .as_ref()
                .is_some_and(|class| settings.classes.contains(class)));
    if !wanted {
        return Ok(ProductOutcome::Skipped(
            Problem::new(Code::ProductNotInShop).with("item", number),
        ));
    }
    let (price, compare_at) = price(item, rows, ground, settings)?;
    Ok(ProductOutcome::Create(ProductDraft {
        item: number.to_owned(),
        title: title(item),
        product_type: product_type(item, settings),
        price,
        compare_at: (settings.owner(ProductField::CompareAt) == Owner::Erp)
            .then_some(compare_at)
            .flatten(),
        barcode: barcode(item),
        weight: item.weight.clone(),
    }))
}

fn changes(
    item: &ProductItem,
    rows: &[&PriceRow],
    variant: &Variant,
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> Result<ProductOutcome, Problem> {
    let ours = |field: ProductField| settings.owner(field) == Owner::Erp;
    let mut fields = Vec::new();
    // A product with several variants is described by none of them.
    if ours(ProductField::Title) && variant.alone {
        let to = title(item);
        if to != variant.title {
            let from = variant.title.clone();
            fields.push(FieldChange::Title { from, to });
        }
    }
    if ours(ProductField::Price) || ours(ProductField::CompareAt) {
        let (price, compare_at) = price(item, rows, ground, settings)?;
        if ours(ProductField::Price) && price != variant.price {
            fields.push(FieldChange::Price {
                from: variant.price,
                to: price,
            });
        }
        if ours(ProductField::CompareAt) && compare_at != variant.compare_at {
            fields.push(FieldChange::CompareAt {
                from: variant.compare_at,
                to: compare_at,
            });
        }
    }
    // What is not known in Visma.net empties nothing in the shop.
    if ours(ProductField::Barcode)
        && let Some(to) = barcode(item)
        // Any of the item's barcodes is a right one.
        && !variant
            .barcode
            .as_ref()
            .is_some_and(|known| item.barcodes.iter().any(|code| code.trim() == known.trim()))
    {
        let from = variant.barcode.clone();
        fields.push(FieldChange::Barcode { from, to });
    }
    if ours(ProductField::Weight)
        && let Some(to) = &item.weight
        && to.grams().is_some()
        && to.grams() != variant.weight.as_ref().and_then(Weight::grams)
    {
        fields.push(FieldChange::Weight {
            from: variant.weight.clone(),
            to: to.clone(),
        });
    }
    if ours(ProductField::ProductType)
        && variant.alone
        && let Some(to) = product_type(item, settings)
        && to != variant.product_type
    {
        let from = variant.product_type.clone();
        fields.push(FieldChange::ProductType { from, to });
    }
    Ok(if fields.is_empty() {
        ProductOutcome::Same
    } else {
        ProductOutcome::Change(fields)
    })
}

fn title(item: &ProductItem) -> String {
    let text = item.description.trim();
    let text = if text.is_empty() {
        item.number.trim()
    } else {
        text
    };
    title_of(text)
}

/// No longer than a title may be.
pub(super) fn title_of(text: &str) -> String {
    text.trim().chars().take(TITLE).collect()
}

fn barcode(item: &ProductItem) -> Option<String> {
    item.barcodes
        .iter()
        .map(|code| code.trim())
        .find(|code| !code.is_empty())
        .map(str::to_owned)
}

fn product_type(item: &ProductItem, settings: &ProductSettings) -> Option<String> {
    settings
        .product_types
        .get(item.class.as_deref()?.trim())
        .cloned()
}
