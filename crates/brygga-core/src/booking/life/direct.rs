//! Invoices without a sales order of the whole: directly, or by an order of behaviour Invoice per fulfilment
//! (`booking-rules` 2.6 and 3). And the line of cash rounding, which any invoice may get.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::consignment::{Expected, Leg};
use super::gate::{self, Vat};
use super::ground::{Life, link, order_link};
use super::invoice::{order_document, prepare};
use super::{LifeStep, Linked, PartLink, PartRef, PartState};
use crate::booking::basis::{Component, Part};
use crate::booking::document::{head, lined, reference};
use crate::booking::gate::{Explained, price};
use crate::booking::item::{Chosen, item_for};
use crate::code::{Code, Problem};
use crate::erp::{
    Application, DocumentKind, LedgerChange, LedgerDocument, LedgerDraft, LedgerLineDraft,
    LedgerStatus, SalesOrderDraft, TaxDraft,
};
use crate::settings::RefundKind;

/// Link of what a refund gives back beside its lines, and of money without goods.
pub(in crate::booking) const DIFFERENCE: &str = "difference/";
/// Link of goods that were refunded and did not come back.
pub(in crate::booking) const KEPT: &str = "kept/";
/// What the own sales order of the part `order/ID` is called.
pub(super) const WHOLE: &str = "whole";
pub(in crate::booking) const CASH_ROUNDING: &str = "cash-rounding";
const CASH_ROUNDING_TEXT: &str = "Cash rounding";

/// The direct invoice of a fulfilment.
pub(super) fn invoice<'a>(
    life: &Life<'a>,
    part: &PartRef,
) -> Result<Option<&'a LedgerDocument>, Problem> {
    life.direct(&DocumentKind::Invoice, &super::external(part))
}

fn order_key(part: &PartRef) -> &str {
    if part.id.starts_with("order/") {
        WHOLE
    } else {
        &part.id
    }
}

/// The invoice that the fulfilment's order of behaviour Invoice became.
pub(super) fn invoice_order_document<'a>(
    life: &Life<'a>,
    part: &PartRef,
) -> Option<&'a LedgerDocument> {
    let order = life.part_order(order_key(part))?;
    order_document(life, &DocumentKind::Invoice, &order.number)
}

/// A direct document to be.
pub(super) struct Direct {
    pub(super) kind: DocumentKind,
    pub(super) external: String,
    pub(super) date: NaiveDate,
    /// The day whose VAT rates hold: the sale's.
    pub(super) rates_of: NaiveDate,
    pub(super) original_date: Option<NaiveDate>,
    pub(super) components: Vec<Component>,
    /// Of what kind the refund is that it gives back.
    pub(super) refund: Option<RefundKind>,
    pub(super) applications: Vec<Application>,
}

/// Makes a direct document with exact VAT.
pub(super) fn draft(life: &Life<'_>, direct: Direct) -> Result<LedgerDraft, Problem> {
    let table = life.table(direct.rates_of)?;
    let mut zones = BTreeSet::new();
    let mut lines = Vec::with_capacity(direct.components.len());
    let mut taxes: BTreeMap<String, (Decimal, Decimal)> = BTreeMap::new();
    for component in &direct.components {
        let (category, vat_id) = if component.link == CASH_ROUNDING {
            let zone = table.one_zone(zones.clone())?;
            (table.untaxed(&zone)?, None)
        } else {
            let row = table.row(component, life.order)?;
            zones.insert(row.zone.clone());
            (row.category.clone(), table.vat_id(row, component.rate)?)
        };
        if let Some(id) = vat_id {
            let entry = taxes.entry(id.id).or_default();
            entry.0 += component.net;
            entry.1 += component.tax;
        } else if !component.tax.is_zero() {
            return Err(Problem::new(Code::VatDiffers)
                .with("rate", component.rate)
                .with("ours", 0)
                .with("theirs", component.tax));
        }
        let item = item_of(life, component, direct.refund)?;
        if item.stock {
            return Err(Problem::new(Code::StockItemOnInvoice).with("sku", &item.number));
        }
        let quantity = Decimal::from(component.quantity.max(1));
        lines.push(LedgerLineDraft {
            link: component.link.clone(),
            item: Some(item.number),
            unit: item.unit,
            account: item.account,
            subaccount: life.subaccount(),
            description: component.title.clone(),
            quantity,
            unit_price: price(component.net, quantity, life.decimals).unit_price,
            net: component.net,
            vat_category: category,
        });
    }
    let zone = table.one_zone(zones)?;
    Ok(LedgerDraft {
        kind: direct.kind,
        customer: life.customer.clone(),
        currency: life.currency.to_owned(),
        date: direct.date,
        original_date: direct.original_date,
        reference: reference(&life.order.name),
        external: direct.external,
        vat_zone: zone,
        branch: life.ground.settings.branch_of(life.order).cloned(),
        text: format!("Shopify {}", life.order.name),
        rate: life.rate(direct.date)?,
        lines,
        taxes: taxes
            .into_iter()
            .map(|(vat_id, (taxable, amount))| TaxDraft {
                vat_id,
                taxable,
                amount,
            })
            .collect(),
        applications: direct.applications,
    })
}

/// The item of a line: money without goods, and goods that did not come back, have an item of their own.
fn item_of(
    life: &Life<'_>,
    component: &Component,
    refund: Option<RefundKind>,
) -> Result<Chosen, Problem> {
    if let Some(special) = instead(life, component, refund) {
        return special;
    }
    item_for(&component.part, &component.title, life.order, life.ground)
}

fn instead(
    life: &Life<'_>,
    component: &Component,
    refund: Option<RefundKind>,
) -> Option<Result<Chosen, Problem>> {
    let settings = life.ground.settings;
    let (special, own, kind) = if component.link == CASH_ROUNDING {
        (
            settings.payments.cash_rounding_item.as_ref(),
            None,
            "cash rounding",
        )
    } else if component.link.starts_with(DIFFERENCE) || component.link.starts_with(KEPT) {
        (
            settings.refunds.difference_item.as_ref(),
            // The kind's own account, where one is chosen (`booking-rules` 8).
            refund.and_then(|kind| settings.refunds.account(kind)),
            "refund difference",
        )
    } else {
        return None;
    };
    Some(match special {
        Some(special) => Ok(Chosen {
            number: special.item.clone(),
            unit: None,
            account: own.map(str::to_owned).or_else(|| special.account.clone()),
            stock: false,
            rule: "refund-difference",
        }),
        None => Err(Problem::new(Code::SpecialItemUnmapped).with("kind", kind)),
    })
}

pub(super) fn by_direct_invoice(
    life: &Life<'_>,
    leg: &Leg,
    legs: &[Leg],
    documents: &mut Vec<PartLink>,
    explained: &mut Vec<Explained>,
) -> Result<Option<PartState>, Problem> {
    let components = with_cash_rounding(life, leg, legs);
    let expected = Expected::of(&components);
    let Some(document) = invoice(life, &leg.part)? else {
        if expected.total.is_zero() && components.iter().all(|one| one.net.is_zero()) {
            return Ok(None);
        }
        let date = life.day(leg.at)?;
        let draft = draft(
            life,
            Direct {
                kind: DocumentKind::Invoice,
                external: super::external(&leg.part),
                date,
                rates_of: date,
                original_date: None,
                components,
                refund: None,
                applications: Vec::new(),
            },
        )?;
        return Ok(Some(PartState::Next(LifeStep::CreateLedger {
            draft: Box::new(draft),
        })));
    };
    documents.push(link(&leg.part, Linked::Invoice, &document.number));
    // Once it is in the books, cents may come of units that were taken out later.
    let vat = if document.status.is_released() {
        Vat::Anew
    } else {
        Vat::Exact
    };
    let (state, named) = gate::release(life, document, &expected, vat)?;
    explained.extend(named);
    Ok(state)
}

pub(super) fn by_invoice_order(
    life: &Life<'_>,
    leg: &Leg,
    legs: &[Leg],
    documents: &mut Vec<PartLink>,
    explained: &mut Vec<Explained>,
) -> Result<Option<PartState>, Problem> {
    let key = order_key(&leg.part);
    let Some(order) = life.part_order(key) else {
        let draft = order_draft(
            life,
            &invoice_type(life),
            key,
            life.day(leg.at)?,
            leg.shares.clone(),
            None,
        )?;
        return Ok(Some(PartState::Next(LifeStep::CreateOrder {
            draft: Box::new(draft),
            customer: life.customer.clone(),
        })));
    };
    documents.push(link(&leg.part, Linked::Order, order_link(&order.number)));
    let Some(document) = order_document(life, &DocumentKind::Invoice, &order.number) else {
        super::returns::must_be_open(order)?;
        return prepare(life, order, life.local(leg.at)).map(Some);
    };
    documents.push(link(&leg.part, Linked::Invoice, &document.number));
    if let Some(state) = cash_rounding_line(life, leg, legs, document)? {
        return Ok(Some(state));
    }
    let mut expected = Expected::of(&leg.shares);
    add_cash_rounding(life, leg, legs, &mut expected);
    let (state, named) = gate::release(life, document, &expected, Vat::Anew)?;
    explained.extend(named);
    Ok(state)
}

/// The company's order type of behaviour Invoice. That v3 takes it is expected, not verified (`booking-rules` 3 [?]); a
/// company where it does not uses direct invoices.
fn invoice_type(life: &Life<'_>) -> String {
    life.ground
        .catalogue
        .order_types
        .iter()
        .find(|kind| kind.active && kind.behavior == "Invoice")
        .map_or_else(|| "IN".to_owned(), |kind| kind.id.clone())
}

/// A part's own sales order: lines that come to exactly the components, through the gate. `refund`: of what kind the refund is
/// that it gives back.
pub(super) fn order_draft(
    life: &Life<'_>,
    order_type: &str,
    key: &str,
    date: NaiveDate,
    components: Vec<Component>,
    refund: Option<RefundKind>,
) -> Result<SalesOrderDraft, Problem> {
    let table = life.table(date)?;
    let total = components.iter().map(|one| one.net + one.tax).sum();
    let lined = lined(
        life.order,
        &table,
        components,
        total,
        life.decimals,
        Some(&|component| instead(life, component, refund)),
    )?;
    let mut head = head(
        life.order,
        life.ground.settings,
        &life.part_reference(key),
        date,
        lined.zone,
    );
    if order_type != life.ground.settings.order_type_of(life.order) {
        head.description = format!("Shopify {} ({key})", life.order.name);
    }
    Ok(SalesOrderDraft {
        order_type: order_type.to_owned(),
        currency: life.currency.to_owned(),
        head,
        lines: lined.lines,
    })
}

/// What cash rounding moved; positive: the customer paid more.
pub(super) fn cash_rounding(life: &Life<'_>) -> Option<Decimal> {
    life.order
        .cash_rounding
        .map(|bag| bag.on(life.side).amount)
        .filter(|amount| !amount.is_zero())
}

pub(super) fn is_first(leg: &Leg, legs: &[Leg]) -> bool {
    legs.first()
        .is_some_and(|first| first.part == leg.part && first.order == leg.order)
}

/// Cash rounding goes on the order's first invoice.
pub(super) fn add_cash_rounding(life: &Life<'_>, leg: &Leg, legs: &[Leg], expected: &mut Expected) {
    if let Some(amount) = cash_rounding(life)
        && is_first(leg, legs)
    {
        expected.total += amount;
        expected.lines += 1;
        expected.vat.entry(Decimal::ZERO).or_default().1 += 1;
    }
}

fn with_cash_rounding(life: &Life<'_>, leg: &Leg, legs: &[Leg]) -> Vec<Component> {
    let mut components = leg.shares.clone();
    if let Some(amount) = cash_rounding(life)
        && is_first(leg, legs)
    {
        components.push(Component {
            link: CASH_ROUNDING.into(),
            part: Part::Fee,
            title: CASH_ROUNDING_TEXT.into(),
            quantity: 1,
            net: amount,
            tax: Decimal::ZERO,
            rate: Decimal::ZERO,
            untaxed_by_default: false,
        });
    }
    components
}

/// The line of cash rounding, if the invoice has none yet.
pub(super) fn cash_rounding_line(
    life: &Life<'_>,
    leg: &Leg,
    legs: &[Leg],
    document: &LedgerDocument,
) -> Result<Option<PartState>, Problem> {
    let Some(amount) = cash_rounding(life) else {
        return Ok(None);
    };
    let there = document
        .lines
        .iter()
        .any(|line| line.order.is_none() && line.description == CASH_ROUNDING_TEXT);
    if there || !is_first(leg, legs) || document.status != LedgerStatus::Balanced {
        return Ok(None);
    }
    let special = life
        .ground
        .settings
        .payments
        .cash_rounding_item
        .as_ref()
        .ok_or_else(|| Problem::new(Code::SpecialItemUnmapped).with("kind", "cash rounding"))?;
    let draft_head = &life.booked.document.draft.head;
    let line = LedgerLineDraft {
        link: CASH_ROUNDING.into(),
        item: Some(special.item.clone()),
        unit: None,
        account: special.account.clone(),
        subaccount: life.subaccount(),
        description: CASH_ROUNDING_TEXT.into(),
        quantity: Decimal::ONE,
        unit_price: amount,
        net: amount,
        vat_category: life.table(draft_head.date)?.untaxed(&draft_head.vat_zone)?,
    };
    Ok(Some(PartState::Next(LifeStep::ChangeLedger {
        kind: document.kind.clone(),
        number: document.number.clone(),
        change: LedgerChange {
            add: vec![line],
            ..LedgerChange::default()
        },
    })))
}
