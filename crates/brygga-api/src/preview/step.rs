//! The next step of an order's part, in the user's words.

use brygga_core::Decimal;
use brygga_core::booking::life::LifeStep;
use brygga_core::erp::LedgerDraft;

use super::item::{changed, fact, money, new_lines, of_sales_order, text};
use crate::contract::{PlanLine, PreviewDocumentLine, PreviewFact, PreviewItem};
use crate::story::plan_line;

pub(super) fn step_date(step: &LifeStep) -> Option<String> {
    let date = match step {
        LifeStep::CreateShipment { date, .. } | LifeStep::SetInvoiceDate { date, .. } => *date,
        LifeStep::CreateLedger { draft } => draft.date,
        LifeStep::CreateOrder { draft, .. } => draft.head.date,
        LifeStep::CreatePayment { draft } => draft.date,
        _ => return None,
    };
    Some(date.to_string())
}

pub(super) fn of_step(step: &LifeStep, shown: &mut PreviewItem) {
    shown.steps = vec![step.name().into()];
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
        }
        LifeStep::SetQuantities {
            shipment,
            quantities,
        } => {
            shown.facts.push(fact("document", shipment));
            shown
                .facts
                .push(fact("lines", quantities.len().to_string()));
        }
        LifeStep::ConfirmShipment { shipment }
        | LifeStep::CorrectShipment { shipment }
        | LifeStep::CancelShipment { shipment } => shown.facts.push(fact("document", shipment)),
        LifeStep::SetInvoiceDate { order, date } => {
            shown.facts.push(fact("document", order.to_string()));
            shown.facts.push(fact("date", date.to_string()));
        }
        LifeStep::PrepareInvoice { order } | LifeStep::CancelOrder { order } => {
            shown.facts.push(fact("document", order.to_string()));
        }
        LifeStep::ChangeLedger { number, change, .. } => {
            shown.facts.push(fact("document", number));
            for line in &change.add {
                shown.lines.push(ledger_line(line));
            }
            for tax in &change.taxes {
                shown
                    .facts
                    .push(changed("vat", None, Some(text(tax.amount))));
            }
            for application in &change.applications {
                shown.facts.push(fact("applied_to", &application.number));
            }
        }
        LifeStep::ReleaseLedger { number, .. } | LifeStep::ReleasePayment { number, .. } => {
            shown.facts.push(fact("document", number));
        }
        LifeStep::CreateLedger { draft } => of_ledger(draft, shown),
        LifeStep::CreateOrder { draft, customer } => {
            shown.facts.push(fact("customer", customer));
            of_sales_order(draft, shown);
            shown.lines = new_lines(draft, &[]);
        }
        LifeStep::PatchOrderLines { order, lines } => {
            shown.facts.push(fact("document", order.to_string()));
            shown.lines = lines
                .iter()
                .map(|line| PreviewDocumentLine {
                    change: "changed".into(),
                    before: None,
                    line: plan_line(line, None),
                    fields: Vec::new(),
                })
                .collect();
        }
        LifeStep::DeleteOrderLines { order, links } => {
            shown.facts.push(fact("document", order.to_string()));
            shown.facts.push(fact("lines", links.len().to_string()));
        }
        LifeStep::CreatePayment { draft } => {
            shown.currency = Some(draft.currency.clone());
            for (name, value) in [
                ("customer", draft.customer.clone()),
                ("cash_account", draft.cash_account.clone()),
                ("method", draft.method.clone()),
                ("date", draft.date.to_string()),
                ("reference", draft.reference.clone()),
                (
                    "total",
                    format!(
                        "{} {}",
                        money(draft.amount, &draft.currency),
                        draft.currency
                    ),
                ),
            ] {
                shown.facts.push(fact(name, value));
            }
            for application in &draft.orders {
                shown
                    .facts
                    .push(fact("applied_to", application.order.to_string()));
            }
            for application in &draft.documents {
                shown.facts.push(fact("applied_to", &application.number));
            }
        }
        LifeStep::ChangePayment { number, change, .. } => {
            shown.facts.push(fact("document", number));
            for application in &change.orders {
                shown
                    .facts
                    .push(fact("applied_to", application.order.to_string()));
            }
            for application in &change.documents {
                shown.facts.push(fact("applied_to", &application.number));
            }
        }
        LifeStep::ReleaseApplied {
            number, documents, ..
        } => {
            shown.facts.push(fact("document", number));
            for application in documents {
                shown.facts.push(fact("applied_to", &application.number));
            }
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
        }
        LifeStep::UpdateTracking { shipment, .. } => shown.facts.push(fact("document", shipment)),
    }
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
    shown.lines = draft.lines.iter().map(ledger_line).collect();
    for tax in &draft.taxes {
        shown.facts.push(PreviewFact {
            of: Some(tax.vat_id.clone()),
            ..fact("vat", money(tax.amount, &draft.currency))
        });
    }
    for application in &draft.applications {
        shown.facts.push(fact("applied_to", &application.number));
    }
}

fn ledger_line(line: &brygga_core::erp::LedgerLineDraft) -> PreviewDocumentLine {
    PreviewDocumentLine {
        change: "new".into(),
        before: None,
        line: PlanLine {
            part: line.link.clone(),
            item: line
                .item
                .clone()
                .or_else(|| line.account.clone())
                .unwrap_or_default(),
            description: line.description.clone(),
            quantity: text(line.quantity),
            unit_price: text(line.unit_price),
            discount: text(Decimal::ZERO),
            net: text(line.net),
            vat_category: line.vat_category.clone(),
            vat_percent: String::new(),
            rule: String::new(),
        },
        fields: Vec::new(),
    }
}
