//! One order, before and after it is sent: each document that it becomes, to the cent.

use brygga_core::booking::{Decision, Document, Plan, Step};
use brygga_core::money::decimals;
use brygga_core::settings::{BookingMode, GatewayRule, Settings};
use brygga_core::shop::{Order, Side, TransactionKind, TransactionStatus};
use brygga_core::{Money, Problem};
use brygga_engine::Sample;
use chrono::{DateTime, NaiveDate, Utc};

use crate::api::{Api, amount, error, reason, record_line, record_ref, stored};
use crate::contract::{Amount, ApiError, RecordKey, SampleDocument, SampleVat, SampleView, State};

pub(super) async fn view(
    api: &std::sync::Arc<Api>,
    key: &RecordKey,
) -> Result<SampleView, ApiError> {
    let record = record_ref(key)?;
    let sample = api.engine.sample(&record).await.map_err(error)?;
    let settings = api.engine.settings().map_err(error)?;
    let story = api.story(key.clone()).await?;
    let row = api
        .engine
        .store()
        .record(&record)
        .map_err(stored)?
        .ok_or_else(|| crate::api::wrong_use("no such order"))?;
    let record = record_line(&row);
    let side = api.engine.side_of(&sample.order).map_err(error)?;
    let (outcome, why) = outcome(&sample, record.state, record.reason.as_ref());
    let documents = documents(&sample, &settings, side, api.zone().await?);
    Ok(SampleView {
        outcome: outcome.to_owned(),
        reason: why,
        documents,
        plan: story.plan,
        currency: sample.order.currency(side).code().to_owned(),
        facts: story.facts,
        record,
    })
}

fn outcome(
    sample: &Sample,
    state: State,
    kept: Option<&crate::contract::Reason>,
) -> (&'static str, Option<crate::contract::Reason>) {
    let told = |problem: &Problem| Some(reason(problem));
    // What a person must look at after sending stands in the record, not in a new plan.
    if sample.booked.is_some() && state == State::Held {
        return ("held", kept.cloned());
    }
    match &sample.decision {
        Decision::Do(_) if sample.booked.is_none() => ("book", None),
        Decision::Do(_) | Decision::UpToDate => ("booked", None),
        Decision::Waiting(problem, _) => ("waiting", told(problem)),
        Decision::Skipped(problem) => ("skipped", told(problem)),
        Decision::Held(problem) => ("held", told(problem)),
    }
}

fn documents(
    sample: &Sample,
    settings: &Settings,
    side: Side,
    zone: chrono_tz::Tz,
) -> Vec<SampleDocument> {
    let order = &sample.order;
    let mut list = Vec::new();
    let plan = match &sample.decision {
        Decision::Do(plan) => Some(&**plan),
        _ => None,
    };
    let document = sample
        .booked
        .as_ref()
        .map(|state| &state.document)
        .or_else(|| plan.and_then(|plan| plan.document.as_ref()));
    let Some(document) = document else {
        return list;
    };
    if let Some(plan) = plan {
        list.extend(customer(plan, document));
    }
    let total = Money::new(document.total, order.currency(side));
    if settings.booking_mode == BookingMode::SalesOrder {
        let number = sample
            .booked
            .as_ref()
            .and_then(|state| state.number.as_ref())
            .or_else(|| plan.and_then(|plan| plan.adopt.as_ref()))
            .map(ToString::to_string);
        list.push(SampleDocument {
            kind: "sales_order".into(),
            when: if number.is_some() { "use" } else { "make" }.into(),
            name: number.unwrap_or_else(|| document.draft.head.customer_order.clone()),
            date: Some(document.draft.head.date.to_string()),
            total: Some(amount(&total)),
            vat: vat(document, order, side),
            place: Some(document.draft.head.vat_zone.clone()),
        });
    }
    if settings.invoices.on {
        list.extend(invoices(order, document, &total, side, zone));
    }
    if settings.payments.on {
        list.extend(payments(order, settings, side, zone));
    }
    list
}

fn customer(plan: &Plan, document: &Document) -> Option<SampleDocument> {
    let make = plan.steps.iter().find_map(|step| match step {
        Step::CreateCustomer { draft, .. } => Some((draft.name.clone(), draft.class.clone())),
        _ => None,
    });
    let known = plan
        .link_customer
        .as_ref()
        .map(|(_, number, _)| number.clone())
        .or_else(|| plan.customer.clone())
        .or_else(|| {
            plan.steps.iter().find_map(|step| match step {
                Step::CreateOrder { customer, .. } => customer.clone(),
                _ => None,
            })
        });
    let (when, name, place) = match (make, known) {
        (Some((name, class)), _) => ("make", name, Some(class)),
        (None, Some(number)) => ("use", number, None),
        (None, None) => return None,
    };
    Some(SampleDocument {
        kind: "customer".into(),
        when: when.into(),
        name,
        date: None,
        total: None,
        vat: Vec::new(),
        place: place.or_else(|| Some(document.draft.currency.clone())),
    })
}

/// VAT as the gate computed it, per rate.
fn vat(document: &Document, order: &Order, side: Side) -> Vec<SampleVat> {
    let currency = order.currency(side);
    let places = decimals(currency) as usize;
    document
        .vat
        .iter()
        .map(|(rate, tax)| SampleVat {
            rate: rate.clone(),
            amount: Amount {
                amount: tax
                    .parse::<rust_decimal::Decimal>()
                    .map_or_else(|_| tax.clone(), |tax| format!("{tax:.places$}")),
                currency: currency.code().into(),
            },
        })
        .collect()
}

/// One invoice per fulfilment (`booking-rules` 6); the amount is known beforehand where one takes everything.
fn invoices(
    order: &Order,
    document: &Document,
    total: &Money,
    side: Side,
    zone: chrono_tz::Tz,
) -> Vec<SampleDocument> {
    let invoice = |date: Option<NaiveDate>, whole: bool| SampleDocument {
        kind: "invoice".into(),
        when: "later".into(),
        name: order.name.clone(),
        date: date.map(|date| date.to_string()),
        total: whole.then(|| amount(total)),
        vat: if whole {
            vat(document, order, side)
        } else {
            Vec::new()
        },
        place: None,
    };
    match order.fulfilments.as_slice() {
        [] => vec![invoice(None, true)],
        [one] => vec![invoice(
            Some(day(one.created_at, zone)),
            units(order)
                == one
                    .lines
                    .iter()
                    .map(|line| u64::from(line.quantity))
                    .sum::<u64>(),
        )],
        several => several
            .iter()
            .map(|fulfilment| invoice(Some(day(fulfilment.created_at, zone)), false))
            .collect(),
    }
}

fn units(order: &Order) -> u64 {
    order
        .lines
        .iter()
        .map(|line| u64::from(line.current_quantity))
        .sum()
}

fn payments(
    order: &Order,
    settings: &Settings,
    side: Side,
    zone: chrono_tz::Tz,
) -> Vec<SampleDocument> {
    let currency = order.currency(side);
    order
        .transactions
        .iter()
        .filter(|one| {
            matches!(one.kind, TransactionKind::Sale | TransactionKind::Capture)
                && one.status == TransactionStatus::Success
        })
        .filter_map(|one| {
            let row = settings
                .payments
                .row(&one.gateway, one.method.as_deref(), currency.code());
            // Money that the bank import brings is no document of ours.
            if row.is_some_and(|row| row.rule == GatewayRule::Leave) {
                return None;
            }
            Some(SampleDocument {
                kind: "payment".into(),
                when: "later".into(),
                name: one.method.clone().unwrap_or_else(|| one.gateway.clone()),
                date: one.processed_at.map(|at| day(at, zone).to_string()),
                total: Some(amount(&one.amount.on(side))),
                vat: Vec::new(),
                place: row.map(|row| row.cash_account.clone()),
            })
        })
        .collect()
}

fn day(at: DateTime<Utc>, zone: chrono_tz::Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}
