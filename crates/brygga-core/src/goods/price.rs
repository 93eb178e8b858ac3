//! Prices: from Visma.net's default price or one of its lists to what the shop shows, with VAT where the shop's prices have it.

use rust_decimal::Decimal;

use super::product::{PriceRow, PriceType, ProductGround, ProductItem};
use crate::code::{Code, Problem};
use crate::money::{decimals, round};
use crate::settings::{PriceSource, PriceVat, ProductSettings};

/// The price, and the price that is struck out, in the shop's currency and with VAT where the shop's prices have it.
pub(super) fn price(
    item: &ProductItem,
    rows: &[&PriceRow],
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> Result<(Decimal, Option<Decimal>), Problem> {
    let number = item.number.trim();
    let shops = ground.currency.code();
    let missing = |list: &str| {
        Problem::new(Code::ProductPriceMissing)
            .with("item", number)
            .with("list", list)
            .with("currency", shops)
    };
    let in_base = || match ground.catalogue.base_currency() {
        Some(base) if base == shops => Ok(()),
        base => Err(Problem::new(Code::ProductPriceCurrency)
            .with("theirs", base.unwrap_or("?"))
            .with("ours", shops)),
    };
    let (net, regular) = match &settings.price {
        PriceSource::DefaultPrice => {
            in_base()?;
            let net = item
                .default_price
                .ok_or_else(|| missing("default prices"))?;
            (net, item.recommended_price)
        }
        PriceSource::List { price_class } => {
            let fits = |row: &&&PriceRow| {
                let of_list = match price_class {
                    None => row.price_type == PriceType::Base,
                    Some(class) => {
                        row.price_type == PriceType::PriceClass
                            && row.price_code.as_deref().map(str::trim) == Some(class.trim())
                    }
                };
                let unit = |row: &PriceRow| row.unit.as_deref().map(str::trim).map(str::to_owned);
                let of_unit = match (unit(row), item.sales_unit.as_deref()) {
                    (Some(unit), Some(sales)) => unit == sales.trim(),
                    _ => true,
                };
                of_list
                    && of_unit
                    && row.currency == shops
                    && row.break_quantity <= Decimal::ONE
                    && row.from.is_none_or(|from| from <= ground.today)
                    && row.to.is_none_or(|to| ground.today <= to)
            };
            let newest = |promotion: bool| {
                rows.iter()
                    .filter(fits)
                    .filter(|row| row.promotion == promotion)
                    .max_by_key(|row| (row.from, row.break_quantity, row.id))
                    .map(|row| row.price)
            };
            let list = price_class.as_deref().unwrap_or("the base prices");
            match (newest(true), newest(false)) {
                (Some(offer), regular) => (offer, regular),
                (None, Some(regular)) => {
                    // Recommended prices are in the base currency alone.
                    let recommended = in_base().ok().and(item.recommended_price);
                    (regular, recommended)
                }
                (None, None) => return Err(missing(list)),
            }
        }
    };
    let shown = |net: Decimal| -> Result<Decimal, Problem> {
        let gross = net * factor(item.vat_category.as_deref(), ground, settings)?;
        Ok(round(gross, decimals(ground.currency)))
    };
    let price = shown(net)?;
    if price <= Decimal::ZERO && !(price.is_zero() && settings.allow_zero_price) {
        return Err(Problem::new(Code::ProductPriceZero).with("item", number));
    }
    // 0 is "none" in Visma.net; in the shop it would be a price. A lower one is no saving.
    let compare_at = match regular {
        Some(regular) if !regular.is_zero() => Some(shown(regular)?).filter(|at| *at > price),
        _ => None,
    };
    Ok((price, compare_at))
}

/// How much a net price becomes in the shop: 1.25 with VAT of 25 %, 1 where none is added.
pub(super) fn factor(
    category: Option<&str>,
    ground: ProductGround<'_>,
    settings: &ProductSettings,
) -> Result<Decimal, Problem> {
    match &settings.price_vat {
        PriceVat::Undecided if ground.taxes_included => Err(Code::ProductPriceVat.into()),
        PriceVat::Undecided | PriceVat::AsIs => Ok(Decimal::ONE),
        PriceVat::Add { zone } => Ok(Decimal::ONE + rate(category, zone, ground)?),
    }
}

/// The rate of a VAT category in a zone, as a share: 0.25 for 25 %.
fn rate(category: Option<&str>, zone: &str, ground: ProductGround<'_>) -> Result<Decimal, Problem> {
    let category = category.unwrap_or_default();
    match ground.catalogue.vat_ids_of(category, zone).as_slice() {
        [one] => one
            .rate_on(ground.today)
            .map(|percent| percent / Decimal::ONE_HUNDRED),
        _ => None,
    }
    .ok_or_else(|| {
        Problem::new(Code::VatMappingBroken)
            .with("category", category)
            .with("zone", zone)
    })
}
