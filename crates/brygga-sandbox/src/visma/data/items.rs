//! Items: one for each SKU of the shop, and those for what has none.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::seen::Seen;
use super::{
    CATEGORY_NONE, ITEM_CASH_ROUNDING, ITEM_CUSTOM, ITEM_DUTY, ITEM_FEE, ITEM_GIFT_CARD,
    ITEM_REFUND_DIFFERENCE, ITEM_ROUNDING, ITEM_SHIPPING, ITEM_TIP, Item, vat,
};
use crate::visma::amounts::round;

/// The non-stock items that a connector maps: number, text, type, category, sales account.
const SERVICES: [(&str, &str, &str, &str, &str); 9] = [
    (ITEM_SHIPPING, "Frakt", "NonStockItem", vat::HIGH, "3110"),
    (ITEM_FEE, "Gebyr", "NonStockItem", vat::HIGH, "3110"),
    (ITEM_TIP, "Tips", "NonStockItem", CATEGORY_NONE, "2990"),
    (
        ITEM_DUTY,
        "Toll og avgifter",
        "NonStockItem",
        CATEGORY_NONE,
        "2990",
    ),
    (
        ITEM_GIFT_CARD,
        "Gavekort",
        "NonStockItem",
        CATEGORY_NONE,
        "2965",
    ),
    (
        ITEM_ROUNDING,
        "Øreavrunding",
        "ChargeItem",
        CATEGORY_NONE,
        "7740",
    ),
    (
        ITEM_REFUND_DIFFERENCE,
        "Differanse ved refusjon",
        "ChargeItem",
        vat::HIGH,
        "3900",
    ),
    (
        ITEM_CASH_ROUNDING,
        "Kontantavrunding",
        "ChargeItem",
        CATEGORY_NONE,
        "7740",
    ),
    (ITEM_CUSTOM, "Diverse", "NonStockItem", vat::HIGH, "3000"),
];

pub(super) fn all(seen: &Seen) -> BTreeMap<String, Item> {
    let mut items = BTreeMap::new();
    for (number, text, kind, category, account) in SERVICES {
        add(&mut items, number, text, kind, category, account);
    }
    for (sku, product) in &seen.products {
        let kind = if product.needs_shipping {
            "FinishedGoodItem"
        } else {
            "ServiceItem"
        };
        let title = if product.title.is_empty() {
            sku
        } else {
            &product.title
        };
        let item = add(&mut items, sku, title, kind, vat::HIGH, "3000");
        // The ERP's own list price is nobody's price in the shop: an order that does not insist on its price gets a total that is plainly wrong.
        item.default_price = product.price.map_or(Decimal::new(4911, 2), |price| {
            round(price * Decimal::new(73, 2), 2) + Decimal::new(111, 2)
        });
        item.barcode.clone_from(&product.barcode);
        if product.needs_shipping {
            // Grams between a cup's and a coat's, told by the number.
            item.weight = Decimal::new(150 + i64::from(item.internal_id) * 37 % 1800, 3);
        }
        item.on_hand = if product.needs_shipping {
            Decimal::from(20_000)
        } else {
            Decimal::ZERO
        };
    }
    // One item runs out before the month is over: Shopify ships what Visma.net does not have (`booking-rules 6`).
    if !seen.recorded
        && let Some(scarce) = items.values_mut().rfind(|item| item.is_stock())
    {
        scarce.on_hand = Decimal::from(3);
    }
    items
}

fn add<'a>(
    items: &'a mut BTreeMap<String, Item>,
    number: &str,
    text: &str,
    kind: &'static str,
    category: &str,
    account: &str,
) -> &'a mut Item {
    let internal_id = i32::try_from(items.len())
        .unwrap_or(i32::MAX)
        .saturating_add(101);
    items.entry(number.to_owned()).or_insert_with(|| Item {
        internal_id,
        number: number.to_owned(),
        description: text.chars().take(256).collect(),
        kind,
        status: "Active".to_owned(),
        class: if kind == "FinishedGoodItem" {
            "VARER".to_owned()
        } else {
            "TJENESTER".to_owned()
        },
        vat_category: category.to_owned(),
        default_price: Decimal::ZERO,
        barcode: None,
        weight: Decimal::ZERO,
        sales_account: account.to_owned(),
        sales_unit: None,
        on_hand: Decimal::ZERO,
    })
}
