//! Which variant of the shop is which item: by the link that was made, else by exact SKU. Two that fit are none.

use std::collections::BTreeMap;

use super::Variant;
use crate::code::{Code, Problem};

/// A SKU or item number as it is compared: trimmed, capital letters as they are (`booking-rules` 3). `None` if nothing is left.
pub fn sku(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

/// A pair of one variant and one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matched<'a> {
    /// Item number, trimmed.
    pub item: &'a str,
    /// The variant.
    pub variant: &'a Variant,
    /// The link was there before; else it is to be made.
    pub linked: bool,
}

/// A variant that no item could be found for.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmatched<'a> {
    /// The variant.
    pub variant: &'a Variant,
    /// Why.
    pub problem: Problem,
}

/// Who is whose.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pairing<'a> {
    /// The pairs, by item number.
    pub matched: BTreeMap<&'a str, Matched<'a>>,
    /// Variants without an item.
    pub unmatched: Vec<Unmatched<'a>>,
    /// Items that several variants, or several item numbers, claim: neither is touched.
    pub doubled: BTreeMap<&'a str, Problem>,
}

/// Pairs variants with items.
///
/// `links` is what was linked before: numeric variant id to item number. A link outlives a new SKU on either side, as long as its item
/// is there.
pub fn pair<'a>(
    variants: &'a [Variant],
    items: impl IntoIterator<Item = &'a str>,
    links: &'a BTreeMap<String, String>,
) -> Pairing<'a> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for number in items {
        if let Some(number) = sku(number) {
            *numbers.entry(number).or_default() += 1;
        }
    }
    let mut alike: BTreeMap<String, &str> = BTreeMap::new();
    for number in numbers.keys() {
        alike.entry(folded(number)).or_insert(number);
    }
    let mut pairing = Pairing::default();
    let mut claims: BTreeMap<&str, Vec<(&Variant, bool)>> = BTreeMap::new();
    // A SKU that several variants carry says nothing about any of them, linked ones apart.
    for variant in variants {
        let linked = links
            .get(&variant.id)
            .and_then(|number| numbers.get_key_value(number.trim()))
            .map(|(number, _)| *number);
        if let Some(number) = linked {
            claims.entry(number).or_default().push((variant, true));
            continue;
        }
        let Some(code) = variant.sku.as_deref().and_then(sku) else {
            pairing.unmatched.push(Unmatched {
                variant,
                problem: Problem::new(Code::ProductSkuMissing).with("title", variant.name()),
            });
            continue;
        };
        match numbers.get_key_value(code) {
            Some((number, _)) => claims.entry(number).or_default().push((variant, false)),
            None => pairing.unmatched.push(Unmatched {
                variant,
                problem: match alike.get(&folded(code)) {
                    Some(item) => Problem::new(Code::ProductSkuDiffers)
                        .with("sku", code)
                        .with("item", item),
                    None => Problem::new(Code::ItemNotFound).with("sku", code),
                },
            }),
        }
    }
    for (number, count) in &numbers {
        if *count > 1 {
            pairing
                .doubled
                .insert(number, doubled(number, *count, "Visma.net"));
        }
    }
    for (item, claimed) in claims {
        match claimed.as_slice() {
            _ if pairing.doubled.contains_key(item) => {}
            [(variant, linked)] => {
                let matched = Matched {
                    item,
                    variant,
                    linked: *linked,
                };
                pairing.matched.insert(item, matched);
            }
            several => {
                pairing
                    .doubled
                    .insert(item, doubled(item, several.len(), "Shopify"));
            }
        }
    }
    pairing
}

fn doubled(number: &str, count: usize, side: &str) -> Problem {
    Problem::new(Code::ProductSkuDoubled)
        .with("sku", number)
        .with("count", count)
        .with("side", side)
}

/// For the hint alone: small letters, no spaces.
fn folded(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}
