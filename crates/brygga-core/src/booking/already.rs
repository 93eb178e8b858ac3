//! Orders that somebody, or an earlier connector, has booked in Visma.net before us: found before the first run, so that nothing is
//! booked twice.
//!
//! A stored id decides (`booking-rules` 3). A name alone is no id: it counts with the same amount. What has neither is likely the
//! same sale when amount, currency, day and customer fit one document alone, and that is a person's to decide.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::is_link_of_ours;
use crate::erp::BookedOrder;

mod choice;

pub use choice::{Choice, Fate, Mark, Match, decision, for_all, matches};

/// So many days may lie between a sale and the document that somebody made of it by hand.
const DAYS: i64 = 3;

/// An order of the shop that is not booked by us, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    /// Numeric id.
    pub id: String,
    /// Its name, such as `#1001`.
    pub name: String,
    /// Total with VAT, in the currency that its document would have.
    pub total: Decimal,
    /// ISO currency.
    pub currency: String,
    /// Its day in the shop's time zone.
    pub date: NaiveDate,
    /// What the buyer is called: person, company.
    pub buyers: Vec<String>,
    /// Customer number, where the buyer is linked.
    pub customer: Option<String>,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentIs {
    /// A sales order.
    SalesOrder,
    /// An invoice of the customer ledger.
    Invoice,
}

/// A document in Visma.net, as its list tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Existing {
    /// What.
    pub is: DocumentIs,
    /// Number: `SO 000223` of a sales order.
    pub number: String,
    /// Every field that names something outside: `customerOrder`, `customerRefNo`; `customerRefNumber`, `externalReference`.
    pub references: Vec<String>,
    /// `description`, `invoiceText`.
    pub text: Option<String>,
    /// Total with VAT.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
    /// ISO currency, where the list tells it.
    pub currency: Option<String>,
    /// Date.
    pub date: Option<NaiveDate>,
    /// Customer number.
    pub customer: Option<String>,
    /// Customer name.
    pub customer_name: Option<String>,
    /// Number of the sales order that an invoice came from.
    #[serde(default)]
    pub from_order: Option<String>,
}

/// What was found of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// This document names the order.
    Certain(Existing),
    /// Amount, day and customer fit this document alone.
    Likely(Existing),
    /// Several documents fit.
    Ambiguous(Vec<Existing>),
    /// None.
    Nothing,
}

/// Is a sales order one that we made for one of these orders, by their numeric ids, or for a part of one: it carries the id, and
/// every line our link. Other connectors fill those fields too, each in its own way.
pub fn is_our_own(document: &BookedOrder, ids: &BTreeSet<String>) -> bool {
    let of_one = [&document.customer_ref, &document.custom_id]
        .into_iter()
        .flatten()
        // A part's own order carries `ID-PART` (`docs/adr/0009`).
        .filter_map(|reference| reference.split('-').next())
        .any(|id| ids.contains(id));
    of_one
        && !document.lines.is_empty()
        && document
            .lines
            .iter()
            .all(|line| line.link.as_deref().is_some_and(is_link_of_ours))
}

/// What a document is to an order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Id,
    Name,
    Amount,
}

/// Compares orders with documents; what was found of each, by its id.
pub fn find(orders: &[Sold], documents: &[Existing]) -> BTreeMap<String, Found> {
    let mut by_amount: BTreeMap<Decimal, Vec<&Existing>> = BTreeMap::new();
    for document in documents {
        by_amount
            .entry(document.total.normalize())
            .or_default()
            .push(document);
    }
    let names = Names::of(documents);
    let ids: BTreeSet<&str> = orders.iter().map(|order| order.id.as_str()).collect();
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut unnamed: Vec<&Sold> = Vec::new();
    for order in orders {
        let mut fits: Vec<(Fit, &Existing)> = names
            .naming(&order.id)
            .map(|document| (Fit::Id, document))
            .collect();
        for document in names.naming(&bare(&order.name)) {
            // One that carries another order's id is that order's, whatever it is called.
            let of_another = document
                .references
                .iter()
                .any(|reference| reference != &order.id && ids.contains(reference.trim()));
            if !of_another
                && fits
                    .iter()
                    .all(|(_, known)| known.number != document.number)
            {
                fits.push((Fit::Name, document));
            }
        }
        if fits.is_empty() {
            unnamed.push(order);
        } else {
            found.insert(order.id.clone(), decide(order, fits));
        }
    }
    // What certainly is one order's is no other's.
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, result) in &found {
        if let Found::Certain(document) = result {
            let orders = named.entry(document.number.clone()).or_default();
            orders.push(id.clone());
        }
    }
    let taken: BTreeSet<String> = named.keys().cloned().collect();
    // One that names several is the sale of one of them: a person says of which.
    let mut claimed: BTreeMap<String, Vec<String>> = named;
    for order in unnamed {
        let same = by_amount.get(&order.total.normalize());
        let fits = same
            .into_iter()
            .flatten()
            .filter(|document| !taken.contains(&document.number) && fits_by_amount(order, document))
            .map(|document| (Fit::Amount, *document))
            .collect();
        let result = decide(order, fits);
        if let Found::Likely(document) = &result {
            claimed
                .entry(document.number.clone())
                .or_default()
                .push(order.id.clone());
        }
        found.insert(order.id.clone(), result);
    }
    // A document that could be the one of several orders is a guess for each.
    for ids in claimed.values().filter(|ids| ids.len() > 1) {
        for id in ids {
            if let Some(result) = found.get_mut(id)
                && let Found::Likely(document) | Found::Certain(document) = result
            {
                *result = Found::Ambiguous(vec![document.clone()]);
            }
        }
    }
    found
}

fn decide(order: &Sold, fits: Vec<(Fit, &Existing)>) -> Found {
    let Some(best) = fits.iter().map(|(fit, _)| *fit).min() else {
        return Found::Nothing;
    };
    let mut with: Vec<&Existing> = fits
        .into_iter()
        .filter(|(fit, _)| *fit == best)
        .map(|(_, document)| document)
        .collect();
    // A sales order and the invoice that came from it are one sale.
    if with.len() == 2 && with[0].is != with[1].is {
        with.sort_by_key(|document| document.is);
        with.truncate(1);
    }
    match (with.as_slice(), best) {
        ([one], Fit::Id) => Found::Certain((*one).clone()),
        ([one], Fit::Name) if has_amount(order, one) => Found::Certain((*one).clone()),
        ([one], Fit::Name | Fit::Amount) => Found::Likely((*one).clone()),
        (several, _) => Found::Ambiguous(several.iter().map(|one| (*one).clone()).collect()),
    }
}

fn has_amount(order: &Sold, document: &Existing) -> bool {
    document.total == order.total
        && document
            .currency
            .as_ref()
            .is_none_or(|currency| *currency == order.currency)
}

fn fits_by_amount(order: &Sold, document: &Existing) -> bool {
    let day = document
        .date
        .is_some_and(|date| (date - order.date).num_days().abs() <= DAYS);
    let same_number = order.customer.is_some() && order.customer == document.customer;
    let same_name = document.customer_name.as_deref().is_some_and(|name| {
        let name = plain(name);
        !name.is_empty() && order.buyers.iter().any(|buyer| plain(buyer) == name)
    });
    // Money of nothing says nothing.
    !order.total.is_zero() && has_amount(order, document) && day && (same_number || same_name)
}

/// Which document names what: by every reference, and every word of its text.
struct Names<'a> {
    words: BTreeMap<String, Vec<&'a Existing>>,
}

impl<'a> Names<'a> {
    fn of(documents: &'a [Existing]) -> Self {
        let mut words: BTreeMap<String, Vec<&'a Existing>> = BTreeMap::new();
        for document in documents {
            let mut named: BTreeSet<String> =
                document.references.iter().map(|text| bare(text)).collect();
            for text in document.references.iter().chain(&document.text) {
                named.extend(text.split_whitespace().map(bare));
            }
            for name in named.into_iter().filter(|name| !name.is_empty()) {
                words.entry(name).or_default().push(document);
            }
        }
        Self { words }
    }

    fn naming(&self, name: &str) -> impl Iterator<Item = &'a Existing> + use<'a> {
        let documents = if name.is_empty() {
            None
        } else {
            self.words.get(name).cloned()
        };
        documents.into_iter().flatten()
    }
}

/// A name without what people put around it: `#1001`, `1001,` and `(1001)` are one.
fn bare(text: &str) -> String {
    text.trim()
        .trim_matches(|letter: char| !letter.is_alphanumeric())
        .to_lowercase()
}

/// A person's or company's name, whatever the case and the blanks.
fn plain(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erp::{BookedLine, OrderNumber, OrderStatus};

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 10, day).unwrap()
    }

    fn sold(id: &str, name: &str, total: i64) -> Sold {
        Sold {
            id: id.into(),
            name: name.into(),
            total: Decimal::from(total),
            currency: "NOK".into(),
            date: day(10),
            buyers: vec!["Kari  Nordmann".into()],
            customer: None,
        }
    }

    fn there(number: &str, references: &[&str], total: i64) -> Existing {
        Existing {
            is: DocumentIs::SalesOrder,
            number: number.into(),
            references: references.iter().map(|&text| text.into()).collect(),
            text: None,
            total: Decimal::from(total),
            currency: Some("NOK".into()),
            date: Some(day(11)),
            customer: Some("10".into()),
            customer_name: Some("kari nordmann".into()),
            from_order: None,
        }
    }

    fn told(found: &Found) -> String {
        match found {
            Found::Certain(one) => format!("certain {}", one.number),
            Found::Likely(one) => format!("likely {}", one.number),
            Found::Ambiguous(several) => format!("ambiguous {}", several.len()),
            Found::Nothing => "nothing".into(),
        }
    }

    fn one(order: &Sold, documents: &[Existing]) -> String {
        told(&find(std::slice::from_ref(order), documents)[&order.id])
    }

    #[test]
    fn a_reference_is_certain_and_an_amount_is_a_guess() {
        let order = sold("880001", "#1001", 450);
        let stranger = |total| Existing {
            customer_name: Some("Ola Nordmann".into()),
            ..there("SO 9", &[], total)
        };
        let texts = |text: &str| Existing {
            text: Some(text.into()),
            ..there("SO 1", &[], 450)
        };
        for (case, documents, expected) in [
            ("nothing there", vec![], "nothing"),
            (
                "the id",
                vec![there("SO 1", &["880001"], 450)],
                "certain SO 1",
            ),
            (
                "the id, another amount",
                vec![there("SO 1", &["880001"], 400)],
                "certain SO 1",
            ),
            (
                "the name",
                vec![there("SO 1", &["#1001"], 450)],
                "certain SO 1",
            ),
            (
                "the name without its sign",
                vec![there("SO 1", &["1001"], 450)],
                "certain SO 1",
            ),
            (
                "the name in a text",
                vec![texts("Webshop order #1001, paid")],
                "certain SO 1",
            ),
            (
                "the name, another amount",
                vec![there("SO 1", &["1001"], 99)],
                "likely SO 1",
            ),
            (
                "part of another name",
                vec![there("SO 1", &["#10017"], 99)],
                "nothing",
            ),
            (
                "amount, day and customer",
                vec![there("SO 1", &[], 450)],
                "likely SO 1",
            ),
            ("another customer", vec![stranger(450)], "nothing"),
            ("another amount", vec![there("SO 1", &[], 451)], "nothing"),
            (
                "too long ago",
                vec![Existing {
                    date: Some(day(2)),
                    ..there("SO 1", &[], 450)
                }],
                "nothing",
            ),
            (
                "another currency",
                vec![Existing {
                    currency: Some("SEK".into()),
                    ..there("SO 1", &[], 450)
                }],
                "nothing",
            ),
            (
                "two of them",
                vec![there("SO 1", &[], 450), there("SO 2", &[], 450)],
                "ambiguous 2",
            ),
            (
                "a reference beats an amount",
                vec![there("SO 1", &[], 450), there("SO 2", &["880001"], 450)],
                "certain SO 2",
            ),
            (
                "an order and its invoice",
                vec![
                    Existing {
                        is: DocumentIs::Invoice,
                        ..there("100", &["#1001"], 450)
                    },
                    there("SO 1", &["#1001"], 450),
                ],
                "certain SO 1",
            ),
            (
                "named twice",
                vec![
                    there("SO 1", &["880001"], 450),
                    there("SO 2", &["880001"], 450),
                ],
                "ambiguous 2",
            ),
        ] {
            assert_eq!(one(&order, &documents), expected, "{case}");
        }
        let known = Sold {
            customer: Some("10".into()),
            buyers: Vec::new(),
            ..order
        };
        assert_eq!(
            one(&known, &[there("SO 1", &[], 450)]),
            "likely SO 1",
            "by its number"
        );
        let free = sold("880002", "#1002", 0);
        assert_eq!(
            one(&free, &[there("SO 1", &[], 0)]),
            "nothing",
            "0.00 fits everything"
        );
    }

    #[test]
    fn one_document_is_never_the_likely_one_of_two_orders() {
        let orders = [sold("880001", "#1", 450), sold("880002", "#2", 450)];
        let found = find(&orders, &[there("SO 1", &[], 450)]);
        assert_eq!(
            [told(&found["880001"]), told(&found["880002"])],
            ["ambiguous 1", "ambiguous 1"]
        );
        // One that names both is the sale of one of them: neither is linked before a person has said which.
        for references in [["#1", "#2"], ["880001", "880002"]] {
            let found = find(&orders, &[there("SO 1", &references, 450)]);
            assert_eq!(
                [told(&found["880001"]), told(&found["880002"])],
                ["ambiguous 1", "ambiguous 1"],
                "{references:?}"
            );
        }
        // One that carries the other's id is the other's, whatever it is called.
        let found = find(&orders, &[there("SO 1", &["880002", "#1"], 450)]);
        assert_eq!(
            [told(&found["880001"]), told(&found["880002"])],
            ["nothing", "certain SO 1"]
        );
    }

    fn booked(reference: &str, links: &[&str]) -> BookedOrder {
        let line = |link: &&str| BookedLine {
            line_id: 1,
            link: Some((*link).to_owned()),
            item: "A-1".into(),
            unit: None,
            quantity: Decimal::ONE,
            unit_price: Decimal::from(450),
            discount: Decimal::ZERO,
            net: Decimal::from(450),
            vat_category: None,
            warehouse: None,
            shipped: Decimal::ZERO,
        };
        BookedOrder {
            number: OrderNumber {
                order_type: "SO".into(),
                number: "000001".into(),
            },
            etag: "1".into(),
            status: OrderStatus::Open,
            date: None,
            invoice_date: None,
            currency: "NOK".into(),
            customer: "10".into(),
            vat_zone: None,
            customer_order: Some("#1001".into()),
            customer_ref: Some(reference.into()),
            custom_id: None,
            total: Decimal::from(450),
            tax_total: Decimal::ZERO,
            lines: links.iter().map(line).collect(),
            taxes: Vec::new(),
        }
    }

    #[test]
    fn ours_is_what_carries_the_id_and_our_links_on_every_line() {
        let ids: BTreeSet<String> = ["880001".into()].into();
        for (case, reference, links, expected) in [
            (
                "as we make it",
                "880001",
                vec!["line/5", "shipping/7"],
                true,
            ),
            ("a part's own", "880001-refund/9", vec!["line/5"], true),
            ("with its cents", "880001", vec!["line/5", "rounding"], true),
            ("another order's", "880002", vec!["line/5"], false),
            ("no id", "#1001", vec!["line/5"], false),
            ("links of another hand", "880001", vec!["5", "7"], false),
            ("one line by hand", "880001", vec!["line/5", ""], false),
            ("a link of nothing", "880001", vec!["line/"], false),
            ("no lines", "880001", vec![], false),
        ] {
            let document = booked(reference, &links);
            assert_eq!(is_our_own(&document, &ids), expected, "{case}");
        }
    }
}
