//! What the settings could be, read off what Visma.net is set up with. Suggested with its evidence, never applied unasked
//! (`booking-rules` 5): merchants rename codes, and zones have no country.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::place::{Buyer, Destination, scheme};
use crate::erp::{Catalogue, Item, ItemType, VatId};
use crate::settings::{
    ClassRow, CustomerSettings, DocumentCurrency, Party, Registrations, Scheme, Settings,
    SpecialItem, SpecialItems, VatKey, VatKind, VatRow,
};

/// Suggests settings for a shop in `dispatch` that sells to `destinations`.
pub fn settings(
    catalogue: &Catalogue,
    dispatch: &str,
    destinations: &BTreeSet<String>,
    date: NaiveDate,
) -> Settings {
    let mut vat = Vec::new();
    let mut classes = Vec::new();
    for destination in destinations {
        for party in [Party::Private, Party::Company] {
            let rows = vat_rows(catalogue, dispatch, destination, party, date);
            if let Some(class) = class(catalogue, destination, party, &rows) {
                classes.push(ClassRow {
                    country: destination.clone(),
                    party,
                    class,
                    terms: None,
                });
            }
            vat.extend(rows);
        }
    }
    Settings {
        vat,
        special_items: special_items(catalogue),
        document_currency: if catalogue.cash_currencies.is_empty() {
            DocumentCurrency::Shop
        } else {
            DocumentCurrency::Presentment {
                mapped: catalogue.cash_currencies.clone(),
            }
        },
        customers: CustomerSettings {
            classes,
            ..CustomerSettings::default()
        },
        ..Settings::default()
    }
}

fn vat_rows(
    catalogue: &Catalogue,
    dispatch: &str,
    destination: &str,
    party: Party,
    date: NaiveDate,
) -> Vec<VatRow> {
    let place = Destination::of(destination);
    let registrations = Registrations::default();
    let mut schemes: Vec<Scheme> = Vec::new();
    for taxed in [true, false] {
        let buyer = Buyer {
            party,
            has_number: true,
        };
        // A territory has no scheme under which it is taxed.
        if let Ok(scheme) = scheme(dispatch, &place, buyer, taxed, &registrations)
            && !schemes.contains(&scheme)
        {
            schemes.push(scheme);
        }
    }
    // The one stop shops are for sales to private persons.
    if party == Party::Company {
        schemes.retain(|scheme| !matches!(scheme, Scheme::Oss | Scheme::Ioss | Scheme::Voec));
    }
    let mut rows = Vec::new();
    for scheme in schemes {
        let Some(zone) = zone(catalogue, destination, party, scheme) else {
            continue;
        };
        let here: Vec<&VatId> = catalogue
            .vat_ids
            .iter()
            .filter(|vat| vat.zones.contains(&zone))
            .collect();
        let rates: BTreeSet<Decimal> = here
            .iter()
            .flat_map(|vat| rates_about(vat, scheme, date))
            .collect();
        for rate in rates {
            for kind in [
                VatKind::Goods,
                VatKind::Shipping,
                VatKind::GiftCard,
                VatKind::Other,
            ] {
                let mut fit: Vec<&&VatId> = here
                    .iter()
                    .filter(|vat| rates_about(vat, scheme, date).contains(&rate))
                    .collect();
                // A VAT id of this zone alone is meant for what is sold there; one of all zones is meant for what has no VAT anywhere.
                fit.sort_by_key(|vat| vat.zones.len());
                let chosen = match kind {
                    VatKind::Goods | VatKind::Shipping => fit.first(),
                    VatKind::GiftCard | VatKind::Other => fit.last(),
                };
                let only = |category: &&String| catalogue.vat_ids_of(category, &zone).len() == 1;
                if let Some(category) = chosen.and_then(|vat| vat.categories.iter().find(only)) {
                    let key = VatKey {
                        dispatch: dispatch.to_owned(),
                        destination: destination.to_owned(),
                        rate,
                        kind,
                        party,
                        scheme,
                    };
                    rows.push(VatRow {
                        key,
                        category: category.clone(),
                        zone: zone.clone(),
                    });
                }
            }
        }
    }
    rows
}

/// Days back over which an old rate still gets a row: orders from before a change of rates are booked and refunded at the
/// rate of their own day.
const OLD_RATE_DAYS: i64 = 400;

/// The rates of a VAT id that orders of now may have: those in force within the last year or so, and those already known to
/// come. A reverse charge has none of its own.
fn rates_about(vat: &VatId, scheme: Scheme, date: NaiveDate) -> BTreeSet<Decimal> {
    if vat.reverse {
        let fits = scheme == Scheme::ReverseCharge;
        return fits.then_some(Decimal::ZERO).into_iter().collect();
    }
    let since = date - chrono::Duration::days(OLD_RATE_DAYS);
    vat.rates
        .iter()
        .filter(|rate| rate.from > since)
        .map(|rate| rate.percent)
        .chain(vat.rate_on(since))
        .map(|rate| rate.normalize())
        .collect()
}

/// The zone whose name speaks for a sale.
fn zone(catalogue: &Catalogue, destination: &str, party: Party, scheme: Scheme) -> Option<String> {
    let zones: BTreeSet<&str> = catalogue
        .vat_ids
        .iter()
        .flat_map(|vat| vat.zones.iter().map(String::as_str))
        .collect();
    let says = |zone: &str, word: &str| {
        zone.to_ascii_uppercase()
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|token| token.starts_with(word))
    };
    let find = |words: &[&str]| {
        zones
            .iter()
            .find(|zone| words.iter().all(|word| says(zone, word)))
            .map(|zone| (*zone).to_owned())
    };
    let export = || {
        find(&["EXP"])
            .or_else(|| find(&["EKSP"]))
            .or_else(|| find(&["UTF"]))
    };
    match (scheme, party) {
        (Scheme::Domestic, _) => find(&[destination, "IN"])
            .or_else(|| find(&[destination, "DOM"]))
            .or_else(|| find(&[destination])),
        (Scheme::Ioss, _) => find(&[destination, "IOSS"]),
        (Scheme::Oss, _) => find(&[destination, "OSS"]).or_else(|| find(&[destination])),
        (Scheme::Voec, _) => find(&[destination, "VOEC"]).or_else(|| find(&[destination])),
        (Scheme::ReverseCharge, _) => find(&["EU", "B2B"]).or_else(|| find(&["EU", "REV"])),
        (Scheme::Export, _) => export().or_else(|| find(&[destination])),
        (Scheme::Marketplace, _) => None,
    }
}

fn class(
    catalogue: &Catalogue,
    destination: &str,
    party: Party,
    rows: &[VatRow],
) -> Option<String> {
    let words: &[&str] = match party {
        Party::Private => &["priv", "forbruk", "konsum", "consum"],
        Party::Company => &[
            "bedrift", "företag", "foretag", "erhverv", "yritys", "compan", "business",
        ],
    };
    let zone = rows.first().map(|row| row.zone.as_str());
    let mut fit: Vec<_> = catalogue
        .customer_classes
        .iter()
        .map(|class| {
            let text = format!("{} {}", class.id, class.description).to_lowercase();
            let speaks = words.iter().any(|word| text.contains(word));
            let zoned = zone.is_some() && class.vat_zone.as_deref() == zone;
            let placed = class.country.as_deref() == Some(destination);
            (
                u8::from(zoned) * 4 + u8::from(speaks) * 2 + u8::from(placed),
                class,
            )
        })
        .filter(|(score, _)| *score >= 2)
        .collect();
    fit.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.id.cmp(&y.id)));
    fit.first().map(|(_, class)| class.id.clone())
}

fn special_items(catalogue: &Catalogue) -> SpecialItems {
    let find = |words: &[&str]| {
        catalogue
            .items
            .values()
            .filter(|item| !item.stock && is_service(item))
            .find(|item| {
                let text = format!("{} {}", item.number, item.description).to_lowercase();
                words.iter().any(|word| text.contains(word))
            })
            .map(|item| SpecialItem {
                item: item.number.clone(),
                account: None,
            })
    };
    SpecialItems {
        shipping_methods: std::collections::BTreeMap::new(),
        shipping: find(&["frakt", "fragt", "shipping", "freight", "toimitus"]),
        tip: find(&["tips", "drikkepenge", "dricks"]),
        duty: find(&["toll", "tull", "duty", "told"]),
        fee: find(&["gebyr", "avgift", "fee"]),
        rounding: find(&[
            "avrunding",
            "avrundning",
            "afrunding",
            "rounding",
            "pyöristys",
        ]),
        gift_card: find(&["gavekort", "presentkort", "gift card", "lahjakortti"]),
        custom: find(&["diverse", "övrigt", "custom", "misc"]),
        // Never suggested: with it, the merchant says yes to sales whose tax a marketplace pays.
        channel_tax: None,
    }
}

fn is_service(item: &Item) -> bool {
    matches!(
        item.item_type,
        ItemType::NonStock
            | ItemType::Service
            | ItemType::Charge
            | ItemType::Labor
            | ItemType::Expense
    )
}
