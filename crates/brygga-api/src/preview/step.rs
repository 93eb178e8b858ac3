//! The next step of an order's part, in the user's words.

use std::collections::BTreeMap;

use brygga_core::booking::life::LifeStep;
use brygga_core::booking::touched::{CarriedLine, Touched, TouchedLine, of_draft};
use brygga_core::erp::{
    Application, LedgerDraft, OrderApplication, PaymentChange, PaymentDraft, TaxDraft,
};
use brygga_core::{Currency, Decimal, Money};
use brygga_engine::StepShown;
use brygga_store::RecordKind;

use super::item::{changed, fact, money, new_lines, of_sales_order, subaccount_fact, text};
use crate::api::amount;
use crate::contract::{PlanLine, PreviewDocumentLine, PreviewFact, PreviewItem, SampleVat};
use crate::line::differing;

pub(super) fn step_date(taken: &StepShown) -> Option<String> {
    let date = match &taken.step {
        LifeStep::CreateShipment { date, .. } | LifeStep::SetInvoiceDate { date, .. } => {
            Some(*date)
        }
        LifeStep::CreateLedger { draft } => Some(draft.date),
        LifeStep::CreateOrder { draft, .. } => Some(draft.head.date),
        LifeStep::CreatePayment { draft } => Some(draft.date),
        _ => taken.touched.date,
    };
    date.map(|date| date.to_string())
}

pub(super) fn of_step(taken: &StepShown, shown: &mut PreviewItem) {
    let StepShown { step, touched, .. } = taken;
    shown.steps = vec![step.name().into()];
    shown.currency = Some(taken.currency.clone());
    shown.lines = touched.lines.iter().filter_map(line).collect();
    match step {
        LifeStep::CreateShipment {
            order,
            warehouse,
            date,
            ..
        } => {
            shown.facts.push(fact("document", order.to_string()));
            shown.facts.push(fact("warehouse", warehouse));
            shown.facts.push(fact("date", date.to_string()));
            shown.later = Some("shipment".into());
        }
        LifeStep::SetQuantities { shipment, .. }
        | LifeStep::ConfirmShipment { shipment }
        | LifeStep::CorrectShipment { shipment }
        | LifeStep::CancelShipment { shipment } => {
            shown.facts.push(fact("document", shipment));
            heads(touched, shown);
        }
        LifeStep::SetInvoiceDate { order, date } => {
            shown.facts.push(fact("document", order.to_string()));
            let before = touched.date.map(|date| date.to_string());
            shown
                .facts
                .push(changed("date", before, Some(date.to_string())));
        }
        LifeStep::PrepareInvoice { order } => {
            shown.facts.push(fact("document", order.to_string()));
            heads(touched, shown);
            shown.vat = vat_of_part(taken);
            let is_credit = shown.line.kind == RecordKind::CreditNote.as_str();
            shown.later = Some(if is_credit { "credit-note" } else { "invoice" }.into());
        }
        LifeStep::CancelOrder { order }
        | LifeStep::PatchOrderLines { order, .. }
        | LifeStep::DeleteOrderLines { order, .. } => {
            shown.facts.push(fact("document", order.to_string()));
        }
        LifeStep::ChangeLedger { number, change, .. } => {
            shown.facts.push(fact("document", number));
            heads(touched, shown);
            taxes(touched, &change.taxes, &taken.currency, shown);
            applied(&[], &change.applications, &taken.currency, shown);
        }
        LifeStep::ReleaseLedger { number, .. } => {
            shown.facts.push(fact("document", number));
            heads(touched, shown);
            shown.vat = vat_of_document(taken);
        }
        LifeStep::ReleasePayment { number, .. } => {
            shown.facts.push(fact("document", number));
            heads(touched, shown);
            reserved(&[], &touched.orders, &taken.currency, shown);
            applied(&[], &touched.documents, &taken.currency, shown);
        }
        LifeStep::CreateLedger { draft } => of_ledger(draft, shown),
        LifeStep::CreateOrder { draft, customer } => {
            shown.facts.push(fact("customer", customer));
            of_sales_order(draft, shown);
            shown.lines = new_lines(draft, &[]);
            shown.vat = vat_of_part(taken);
        }
        LifeStep::CreatePayment { draft } => of_payment(draft, shown),
        LifeStep::ChangePayment { number, change, .. } => {
            shown.facts.push(fact("document", number));
            heads(touched, shown);
            let PaymentChange { orders, documents } = change;
            reserved(&touched.orders, orders, &taken.currency, shown);
            applied(&touched.documents, documents, &taken.currency, shown);
        }
        LifeStep::ReleaseApplied {
            number, documents, ..
        } => {
            shown.facts.push(fact("document", number));
            heads(touched, shown);
            shown.vat = vat_of_document(taken);
            applied(&[], documents, &taken.currency, shown);
        }
        LifeStep::CreateFulfilment { shipment, draft } => {
            shown.facts.push(fact("document", shipment));
            let units: u32 = draft
                .parts
                .iter()
                .flat_map(|part| &part.lines)
                .map(|line| line.units)
                .sum();
            shown.facts.push(fact("units", units.to_string()));
            let tracking = draft.tracking.iter().flat_map(|known| &known.numbers);
            shown
                .facts
                .extend(tracking.map(|number| fact("tracking", number)));
        }
        LifeStep::UpdateTracking {
            shipment, tracking, ..
        } => {
            shown.facts.push(fact("document", shipment));
            let numbers = tracking.numbers.iter();
            shown
                .facts
                .extend(numbers.map(|number| fact("tracking", number)));
        }
    }
}

/// What the document says at its head.
fn heads(touched: &Touched, shown: &mut PreviewItem) {
    let total = touched.total.zip(touched.currency.as_ref());
    for (name, value) in [
        ("customer", touched.customer.clone()),
        ("date", touched.date.map(|date| date.to_string())),
        ("zone", touched.zone.clone()),
        ("cash_account", touched.cash_account.clone()),
        ("total", total.map(|(total, of)| with_currency(total, of))),
    ] {
        shown.facts.extend(value.map(|value| fact(name, value)));
    }
}

fn with_currency(value: Decimal, currency: &str) -> String {
    format!("{} {currency}", money(value, currency))
}

/// What it is applied to, before and after; an amount that is not there before is new.
fn applied(before: &[Application], after: &[Application], currency: &str, shown: &mut PreviewItem) {
    shown.facts.extend(after.iter().map(|application| {
        PreviewFact {
            name: "applied_to".into(),
            of: Some(application.number.clone()),
            before: before
                .iter()
                .find(|known| known.kind == application.kind && known.number == application.number)
                .map(|known| money(known.amount, currency)),
            after: Some(money(application.amount, currency)),
        }
    }));
}

/// The same for sales orders.
fn reserved(
    before: &[OrderApplication],
    after: &[OrderApplication],
    currency: &str,
    shown: &mut PreviewItem,
) {
    shown.facts.extend(after.iter().map(|application| {
        PreviewFact {
            name: "applied_to".into(),
            of: Some(application.order.to_string()),
            before: before
                .iter()
                .find(|known| known.order == application.order)
                .map(|known| money(known.amount, currency)),
            after: Some(money(application.amount, currency)),
        }
    }));
}

/// VAT per VAT id where a step sets it.
fn taxes(touched: &Touched, wanted: &[TaxDraft], currency: &str, shown: &mut PreviewItem) {
    shown.facts.extend(wanted.iter().map(|tax| {
        PreviewFact {
            name: "vat".into(),
            of: Some(tax.vat_id.clone()),
            before: touched
                .taxes
                .iter()
                .find(|known| known.vat_id == tax.vat_id)
                .map(|known| money(known.amount, currency)),
            after: Some(money(tax.amount, currency)),
        }
    }));
}

fn vat_rows<'a>(
    rows: impl Iterator<Item = (&'a Decimal, &'a Decimal)>,
    currency: &str,
) -> Vec<SampleVat> {
    let Some(currency) = Currency::from_code(currency) else {
        return Vec::new();
    };
    rows.map(|(rate, tax)| SampleVat {
        rate: text(*rate),
        amount: amount(&Money::new(*tax, currency)),
    })
    .collect()
}

/// VAT as the document has it.
fn vat_of_document(taken: &StepShown) -> Vec<SampleVat> {
    let mut rates: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    for tax in &taken.touched.taxes {
        *rates.entry(tax.rate.normalize()).or_default() += tax.amount;
    }
    vat_rows(rates.iter(), &taken.currency)
}

/// VAT that the part has in the shop: what the document is compared with before it is released.
fn vat_of_part(taken: &StepShown) -> Vec<SampleVat> {
    vat_rows(taken.vat.iter(), &taken.currency)
}

fn line(touched: &TouchedLine) -> Option<PreviewDocumentLine> {
    let before = touched.before.as_ref().map(carried);
    let (change, before, line, fields) = match (before, touched.after.as_ref().map(carried)) {
        (None, Some(after)) => ("new", None, after, Vec::new()),
        (Some(before), None) => ("gone", None, before, Vec::new()),
        (Some(before), Some(after)) => {
            let fields: Vec<String> = differing(&before, &after)
                .into_iter()
                .map(|(name, ..)| name.to_owned())
                .collect();
            if fields.is_empty() {
                ("same", None, after, fields)
            } else {
                ("changed", Some(before), after, fields)
            }
        }
        (None, None) => return None,
    };
    Some(PreviewDocumentLine {
        change: change.into(),
        before,
        line,
        fields,
    })
}

fn carried(line: &CarriedLine) -> PlanLine {
    PlanLine {
        part: line.link.clone(),
        item: line.item.clone().unwrap_or_default(),
        account: line.account.clone(),
        unit: line.unit.clone(),
        warehouse: line.warehouse.clone(),
        description: line.description.clone(),
        quantity: text(line.quantity),
        unit_price: line.unit_price.map(text).unwrap_or_default(),
        discount: text(line.discount),
        net: line.net.map(text).unwrap_or_default(),
        vat_category: line.vat_category.clone().unwrap_or_default(),
        vat_percent: String::new(),
        rule: String::new(),
    }
}

fn of_payment(draft: &PaymentDraft, shown: &mut PreviewItem) {
    shown.currency = Some(draft.currency.clone());
    for (name, value) in [
        ("customer", draft.customer.clone()),
        ("cash_account", draft.cash_account.clone()),
        ("method", draft.method.clone()),
        ("date", draft.date.to_string()),
        ("reference", draft.reference.clone()),
        ("total", with_currency(draft.amount, &draft.currency)),
    ] {
        shown.facts.push(fact(name, value));
    }
    reserved(&[], &draft.orders, &draft.currency, shown);
    applied(&[], &draft.documents, &draft.currency, shown);
}

fn of_ledger(draft: &LedgerDraft, shown: &mut PreviewItem) {
    shown.currency = Some(draft.currency.clone());
    for (name, value) in [
        ("customer", draft.customer.clone()),
        ("date", draft.date.to_string()),
        ("zone", draft.vat_zone.clone()),
        ("number", draft.reference.clone()),
        ("reference", draft.external.clone()),
    ] {
        shown.facts.push(fact(name, value));
    }
    let mut subaccounts = draft
        .lines
        .iter()
        .filter_map(|line| line.subaccount.as_ref());
    shown.facts.extend(subaccount_fact(subaccounts.next()));
    shown.lines = draft
        .lines
        .iter()
        .map(|line| PreviewDocumentLine {
            change: "new".into(),
            before: None,
            line: carried(&of_draft(line)),
            fields: Vec::new(),
        })
        .collect();
    for tax in &draft.taxes {
        shown.facts.push(PreviewFact {
            of: Some(tax.vat_id.clone()),
            ..fact("vat", money(tax.amount, &draft.currency))
        });
    }
    applied(&[], &draft.applications, &draft.currency, shown);
}
