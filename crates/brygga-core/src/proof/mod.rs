//! Proof: a sales order as Visma.net has it, against a fresh read of the shop's order (`booking-rules` 11).
//!
//! It does not ask the planner. Where Shopify's own current totals say what the document must come to, they are taken;
//! VAT per rate is added up from the tax lines anew.

mod days;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::booking::basis::basis;
use crate::booking::document::is_empty;
use crate::booking::gate::net_for_tax;
use crate::booking::{Explained, booking_date, read_back};
use crate::erp::{BookedOrder, Catalogue, OrderStatus, VatCalculation};
use crate::money::minor_unit;
use crate::settings::{ClosedPeriod, Settings};
use crate::shop::{Order, RestockType, ShopInfo, Side};

pub use days::{Account, DayRow, Entry, Placed, by_day, country_of, misplaced};

/// One thing in which the two sides differ and that no rule explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The order's name.
    pub order: String,
    /// The document's number.
    pub document: Option<String>,
    /// What differs: `total`, `vat-25`, `currency`, `date`, `country`, `reference`, `status`, `document-without-order`, `doubled`, `missing`,
    /// `never-read`, `not-read`, ...
    pub what: String,
    /// In Shopify.
    pub shopify: String,
    /// In Visma.net.
    pub visma: String,
}

/// The proof of one document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proven {
    /// Unexplained differences.
    pub differences: Vec<Difference>,
    /// Differences that a rule names.
    pub explained: Vec<Explained>,
}

/// Compares one booked document with its order.
pub fn compare(
    order: &Order,
    booked: &BookedOrder,
    side: Side,
    shop: &ShopInfo,
    settings: &Settings,
    catalogue: &Catalogue,
) -> Proven {
    let mut proof = Proven::default();
    let mut differ = |what: &str, shopify: String, visma: String| {
        if shopify != visma {
            proof.differences.push(Difference {
                order: order.name.clone(),
                document: Some(booked.number.to_string()),
                what: what.to_owned(),
                shopify,
                visma,
            });
        }
    };
    let text = |amount: Decimal| amount.normalize().to_string();
    if !booked.is_of(&order.id.0) {
        differ(
            "reference",
            order.id.0.clone(),
            booked.customer_ref.clone().unwrap_or_default(),
        );
    }
    // Of an order without units and without money nothing may stand, cancelled or not.
    if order.cancelled_at.is_some() || is_empty(order, side).unwrap_or(false) {
        differ(
            "status",
            OrderStatus::Cancelled.as_str().to_owned(),
            booked.status.as_str().to_owned(),
        );
        return proof;
    }
    if booked.status == OrderStatus::Cancelled {
        differ(
            "status",
            "Open".to_owned(),
            booked.status.as_str().to_owned(),
        );
    }
    let currency = order.currency(side);
    differ(
        "currency",
        currency.code().to_owned(),
        booked.currency.clone(),
    );
    let date = booking_date(order, shop);
    if let Some(theirs) = booked.date
        && !(settings.closed_period == ClosedPeriod::FirstOpenDay && theirs > date)
    {
        differ("date", date.to_string(), theirs.to_string());
    }

    match expected_total(order, side) {
        Ok(total) => differ("total", text(total), text(booked.total)),
        Err(code) => differ("total", code, text(booked.total)),
    }
    let unit = minor_unit(catalogue.decimals(currency.code()).unwrap_or(2));
    let ours = vat_of(
        order,
        side,
        catalogue.decimals(currency.code()).unwrap_or(2),
    );
    let theirs = read_back::vat_per_rate(booked);
    let mut explained = Vec::new();
    let rates: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).copied().collect();
    for rate in rates {
        let ShopVat {
            tax,
            lines,
            converted,
        } = ours.get(&rate).copied().unwrap_or_default();
        let stored = theirs.get(&rate).copied().unwrap_or_default();
        let difference = stored - tax;
        let per_document = booked
            .taxes
            .iter()
            .filter(|row| row.rate.normalize() == rate)
            .all(|row| {
                catalogue.vat_ids.iter().any(|vat| {
                    vat.id == row.vat_id && vat.calculation == Some(VatCalculation::PerDocument)
                })
            });
        if difference.is_zero() {
        } else if per_document && difference.abs() <= unit * Decimal::from(lines) {
            explained.push(Explained::VatPerDocument { rate, difference });
        } else if difference.abs() <= unit * Decimal::from(converted) {
            explained.push(Explained::ConvertedVat { rate, difference });
        } else {
            differ(&format!("vat-{rate}"), text(tax), text(stored));
        }
    }
    for line in booked
        .lines
        .iter()
        .filter(|line| line.link.as_deref() == Some("rounding"))
    {
        if line.net.abs() <= unit * Decimal::from(settings.rounding_limit) {
            explained.push(Explained::RoundingLine { amount: line.net });
        } else {
            differ("rounding", "0".to_owned(), text(line.net));
        }
    }
    proof.explained = explained;
    proof
}

/// What Shopify says the document must come to. With nothing given back after shipping, its own current total says it.
fn expected_total(order: &Order, side: Side) -> Result<Decimal, String> {
    let only_removed = order.refunds.iter().all(|refund| {
        refund.removes_before_shipping()
            && refund
                .lines
                .iter()
                .all(|line| line.restock == RestockType::Cancel)
    });
    if only_removed {
        return Ok(order.totals.current_total.on(side).amount);
    }
    basis(order, side)
        .map(|basis| basis.total)
        .map_err(|problem| problem.code.to_string())
}

/// Shopify's VAT at one rate.
#[derive(Debug, Clone, Copy, Default)]
struct ShopVat {
    tax: Decimal,
    lines: u32,
    /// Lines whose VAT was converted from another currency, and that no net amount gives (`docs/adr/0010-converted-vat.md`).
    converted: u32,
}

/// Shopify's VAT per rate in per cent, without what was removed before it was sent.
fn vat_of(order: &Order, side: Side, decimals: u32) -> BTreeMap<Decimal, ShopVat> {
    let mut vat: BTreeMap<Decimal, ShopVat> = BTreeMap::new();
    let Ok(basis) = basis(order, side) else {
        return vat;
    };
    let two_currencies = order.shop_currency != order.presentment_currency;
    for component in basis.components {
        let rate = component.rate.normalize();
        let entry = vat.entry(rate).or_default();
        entry.tax += component.tax;
        entry.lines += 1;
        if two_currencies && net_for_tax(component.net, component.tax, rate, decimals).is_none() {
            entry.converted += 1;
        }
    }
    vat.retain(|rate, sum| !rate.is_zero() || !sum.tax.is_zero());
    vat
}
