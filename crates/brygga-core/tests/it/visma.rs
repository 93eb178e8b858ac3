//! Visma.net's arithmetic, written anew in whole minor units: VAT per line or per document, halves away from zero, and a
//! sales order that is stored, changed line by line, and read back (`facts/visma` 7 and 11).

use std::collections::BTreeMap;

use brygga_core::Decimal;
use brygga_core::booking::Step;
use brygga_core::erp::{
    BookedLine, BookedOrder, BookedTax, Catalogue, LineDraft, OrderNumber, OrderStatus,
    SalesOrderDraft, VatCalculation,
};
use chrono::NaiveDate;

use crate::shopify::div;

/// What Visma.net makes of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Computed {
    pub(crate) total: Decimal,
    pub(crate) tax: Decimal,
    /// Per rate in per cent.
    pub(crate) vat: BTreeMap<Decimal, Decimal>,
    pub(crate) rows: Vec<BookedTax>,
}

/// An amount in minor units; panics when it has more decimals than its currency.
fn minor(amount: Decimal, decimals: u32) -> i128 {
    let mut amount = amount.normalize();
    assert!(amount.scale() <= decimals, "{amount} has too many decimals");
    amount.rescale(decimals);
    amount.mantissa()
}

fn net(line: &LineDraft, decimals: u32) -> i128 {
    minor(line.unit_price, decimals) * minor(line.quantity, 0) - minor(line.discount, decimals)
}

fn tenths(percent: Decimal) -> i128 {
    let mut percent = percent.normalize();
    assert!(percent.scale() <= 1);
    percent.rescale(1);
    percent.mantissa()
}

/// The decimals of a currency and the rate of each VAT id on a date: all that is taken from the catalogue.
pub(crate) fn compute(
    lines: &[LineDraft],
    currency: &str,
    zone: &str,
    date: NaiveDate,
    catalogue: &Catalogue,
) -> Computed {
    let decimals = catalogue
        .currencies
        .iter()
        .find(|known| known.id == currency)
        .unwrap()
        .decimals;
    let mut sum = 0;
    let mut bases: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
    for line in lines {
        let net = net(line, decimals);
        sum += net;
        let mut ids = catalogue.vat_ids.iter().filter(|id| {
            id.zones.iter().any(|z| z == zone) && id.categories.contains(&line.vat_category)
        });
        let Some(id) = ids.next() else { continue };
        assert!(ids.next().is_none(), "two VAT ids");
        let rate = tenths(rate_on(id, date));
        let base = bases.entry(id.id.as_str()).or_default();
        base.0 += net;
        base.1 += div(net * rate, 1000);
    }
    let amount = |minor| Decimal::from_i128_with_scale(minor, decimals);
    let mut computed = Computed {
        total: Decimal::ZERO,
        tax: Decimal::ZERO,
        vat: BTreeMap::new(),
        rows: vec![],
    };
    for id in &catalogue.vat_ids {
        let Some((base, per_line)) = bases.get(id.id.as_str()) else {
            continue;
        };
        let percent = rate_on(id, date).normalize();
        let vat = match id.calculation.unwrap() {
            VatCalculation::PerLine => *per_line,
            VatCalculation::PerDocument => div(base * tenths(percent), 1000),
            VatCalculation::Inclusive => panic!("an inclusive VAT id must never be used"),
        };
        sum += vat;
        computed.tax += amount(vat);
        *computed.vat.entry(percent).or_default() += amount(vat);
        computed.rows.push(BookedTax {
            vat_id: id.id.clone(),
            rate: percent,
            taxable: amount(*base),
            amount: amount(vat),
        });
    }
    computed.total = amount(sum);
    computed
}

fn rate_on(id: &brygga_core::erp::VatId, date: NaiveDate) -> Decimal {
    let mut best: Option<(NaiveDate, Decimal)> = None;
    for rate in &id.rates {
        if rate.from <= date && best.is_none_or(|(from, _)| from < rate.from) {
            best = Some((rate.from, rate.percent));
        }
    }
    best.expect("the VAT id has a rate on the day").1
}

/// A sales order in Visma.net.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) draft: SalesOrderDraft,
    lines: Vec<(i64, LineDraft)>,
    next: i64,
    pub(crate) status: OrderStatus,
}

impl Stored {
    pub(crate) fn new(draft: &SalesOrderDraft) -> Self {
        let mut stored = Self {
            draft: draft.clone(),
            lines: vec![],
            next: 1,
            status: OrderStatus::Open,
        };
        stored.add(&draft.lines);
        stored
    }

    fn add(&mut self, lines: &[LineDraft]) {
        for line in lines {
            assert!(
                self.lines.iter().all(|(_, there)| there.link != line.link),
                "{} is there twice",
                line.link
            );
            self.lines.push((self.next, line.clone()));
            self.next += 1;
        }
    }

    /// Does one step, or with `lines` only so many of the lines in it; says how many lines it has.
    pub(crate) fn apply(&mut self, step: &Step, lines: usize) {
        match step {
            Step::PatchHead { head } => self.draft.head = (**head).clone(),
            Step::PatchLines { lines: changed } => {
                for line in changed.iter().take(lines) {
                    let (_, there) = self
                        .lines
                        .iter_mut()
                        .find(|(_, there)| there.link == line.link)
                        .expect("a line that is patched is there");
                    assert_eq!(there.item, line.item, "a line's item cannot change");
                    *there = line.clone();
                }
            }
            Step::AddLines { lines: new } => {
                let new: Vec<_> = new.iter().take(lines).cloned().collect();
                self.add(&new);
            }
            Step::DeleteLines { links } => {
                for link in links.iter().take(lines) {
                    let before = self.lines.len();
                    self.lines.retain(|(_, there)| there.link != *link);
                    assert_eq!(before, self.lines.len() + 1, "{link} is deleted once");
                }
            }
            Step::Cancel {} => self.status = OrderStatus::Cancelled,
            Step::CreateCustomer { .. } | Step::CreateOrder { .. } => {
                panic!("no step of a change")
            }
        }
    }

    /// Somebody changes a line by hand.
    pub(crate) fn by_hand(&mut self, index: usize, change: impl FnOnce(&mut LineDraft)) {
        change(&mut self.lines[index].1);
    }

    /// Somebody takes a line away by hand.
    pub(crate) fn take(&mut self, index: usize) -> LineDraft {
        self.lines.remove(index).1
    }

    pub(crate) fn lines(&self) -> Vec<LineDraft> {
        self.lines.iter().map(|(_, line)| line.clone()).collect()
    }

    pub(crate) fn read(&self, catalogue: &Catalogue) -> BookedOrder {
        let head = &self.draft.head;
        let lines = self.lines();
        let computed = compute(
            &lines,
            &self.draft.currency,
            &head.vat_zone,
            head.date,
            catalogue,
        );
        BookedOrder {
            number: OrderNumber {
                order_type: self.draft.order_type.clone(),
                number: "000001".into(),
            },
            etag: "\"1\"".into(),
            status: self.status.clone(),
            date: Some(head.date),
            invoice_date: None,
            currency: self.draft.currency.clone(),
            customer: "10001".into(),
            vat_zone: None,
            customer_order: Some(head.customer_order.clone()),
            customer_ref: Some(head.customer_ref.clone()),
            custom_id: head.custom_id.clone(),
            total: computed.total,
            tax_total: computed.tax,
            lines: self
                .lines
                .iter()
                .map(|(line_id, line)| BookedLine {
                    line_id: *line_id,
                    link: Some(line.link.clone()),
                    item: line.item.clone(),
                    unit: line.unit.clone(),
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    discount: line.discount,
                    net: line.unit_price * line.quantity - line.discount,
                    vat_category: Some(line.vat_category.clone()),
                    warehouse: line.warehouse.clone(),
                    shipped: Decimal::ZERO,
                })
                .collect(),
            taxes: computed.rows,
        }
    }
}
