//! Is what Visma.net stored what we sent (`booking-rules` 2.3).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::change::same_line;
use super::document::Document;
use crate::code::{Code, Problem};
use crate::erp::{BookedLine, BookedOrder, LineDraft, OrderStatus};

/// Compares a document that was just read with the one that was planned. The first difference, if any.
pub fn compare(document: &Document, stored: &BookedOrder) -> Result<(), Problem> {
    let differs = |field: &str, ours: &dyn std::fmt::Display, theirs: &dyn std::fmt::Display| {
        Err(Problem::new(Code::ReadBackDiffers)
            .with("document", &stored.number)
            .with("field", field)
            .with("ours", ours)
            .with("theirs", theirs))
    };
    let draft = &document.draft;
    if stored.status == OrderStatus::Cancelled {
        return differs("status", &"Open", &"Cancelled");
    }
    if stored.currency != draft.currency {
        return differs("currency", &draft.currency, &stored.currency);
    }
    if let Some(date) = stored.date
        && date != draft.head.date
    {
        return differs("date", &draft.head.date, &date);
    }
    if stored.customer_ref.as_deref() != Some(draft.head.customer_ref.as_str()) {
        return differs(
            "reference",
            &draft.head.customer_ref,
            &stored.customer_ref.as_deref().unwrap_or("-"),
        );
    }
    // By these two the document is found again: one that lost them would be booked twice (booking-rules 3).
    for (field, ours, theirs) in [
        ("id", &draft.head.custom_id, &stored.custom_id),
        (
            "name",
            &Some(draft.head.customer_order.clone()),
            &stored.customer_order,
        ),
    ] {
        if ours.is_some() && ours != theirs {
            let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
            return differs(field, &text(ours), &text(theirs));
        }
    }
    if stored.lines.len() != draft.lines.len() {
        return differs("line count", &draft.lines.len(), &stored.lines.len());
    }
    let by_link: BTreeMap<_, _> = stored
        .lines
        .iter()
        .filter_map(|line| Some((line.link.as_deref()?, line)))
        .collect();
    for line in &draft.lines {
        match by_link.get(line.link.as_str()) {
            Some(there) if same_line(there, line) && there.net == line.net() => {}
            Some(there) => return differs(&line.link, &planned(line), &kept(there, line)),
            None => return differs(&line.link, &planned(line), &"nothing"),
        }
    }
    let vat = vat_per_rate(stored);
    for (rate, amount) in &document.vat {
        let (rate, ours): (Decimal, Decimal) = (
            rate.parse().unwrap_or_default(),
            amount.parse().unwrap_or_default(),
        );
        let theirs = vat.get(&rate.normalize()).copied().unwrap_or_default();
        if theirs != ours {
            return differs(&format!("VAT at {rate} %"), &ours, &theirs);
        }
    }
    let expected: Decimal = document
        .vat
        .values()
        .filter_map(|amount| amount.parse::<Decimal>().ok())
        .sum();
    if stored.tax_total != expected {
        return differs("VAT", &expected, &stored.tax_total);
    }
    if stored.total != document.total {
        // Every line and all VAT are as planned: what is left is the company's own rounding, a set-up error (booking-rules 2.3).
        return Err(Problem::new(Code::CompanyRounding)
            .with("document", &stored.number)
            .with("amount", (stored.total - document.total).normalize()));
    }
    Ok(())
}

fn planned(line: &LineDraft) -> String {
    shown(
        &line.item,
        line.unit.as_deref(),
        [line.quantity, line.unit_price, line.discount, line.net()],
        Some(&line.vat_category),
        line.warehouse.as_deref(),
    )
}

/// The unit only where ours names one: where it does not, there is but one.
fn kept(line: &BookedLine, ours: &LineDraft) -> String {
    shown(
        &line.item,
        line.unit.as_deref().filter(|_| ours.unit.is_some()),
        [line.quantity, line.unit_price, line.discount, line.net],
        line.vat_category.as_deref(),
        line.warehouse.as_deref(),
    )
}

/// A line in one text: all that is compared is seen.
fn shown(
    item: &str,
    unit: Option<&str>,
    figures: [Decimal; 4],
    category: Option<&str>,
    warehouse: Option<&str>,
) -> String {
    let [quantity, price, discount, net] = figures.map(|figure| figure.normalize());
    let category = category.unwrap_or("-");
    let warehouse = warehouse.map_or_else(String::new, |id| format!(", {id}"));
    let unit = unit.map_or_else(String::new, |unit| format!(" {unit}"));
    format!("{item}: {quantity}{unit} x {price} - {discount} = {net} ({category}{warehouse})")
}

/// VAT of a stored document per rate in per cent.
pub fn vat_per_rate(stored: &BookedOrder) -> BTreeMap<Decimal, Decimal> {
    let mut vat = BTreeMap::new();
    for tax in &stored.taxes {
        *vat.entry(tax.rate.normalize()).or_default() += tax.amount;
    }
    vat
}
