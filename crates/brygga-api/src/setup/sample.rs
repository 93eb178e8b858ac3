//! One order, before and after it is sent: each document that it becomes, to the cent.

use brygga_core::Decimal;
use brygga_core::booking::life::{self, PartDecision, PartKind, PartState};
use brygga_core::booking::{Decision, Document, Ground, Plan, Step};
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
    let shop = api.engine.shop_info().await.map_err(error)?;
    let catalogue = api.engine.catalogue().await.map_err(error)?;
    let linked = api.engine.linked_items().map_err(error)?;
    let ground = Ground {
        shop: &shop,
        settings: &settings,
        catalogue: &catalogue,
        linked: &linked,
    };
    let documents = documents(&sample, ground, side, api.zone().await?);
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
    ground: Ground<'_>,
    side: Side,
    zone: chrono_tz::Tz,
) -> Vec<SampleDocument> {
    let order = &sample.order;
    let settings = ground.settings;
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
    let parts = life::foreseen(order, ground, document);
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
        let limit = settings.rounding_limit;
        list.extend(invoices(order, document, &parts, side, zone, limit));
    }
    if settings.payments.on {
        list.extend(payments(order, settings, side, zone));
    }
    list.extend(refunds(order, settings, &parts, side, zone));
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
                    .parse::<Decimal>()
                    .map_or_else(|_| tax.clone(), |tax| format!("{tax:.places$}")),
                currency: currency.code().into(),
            },
        })
        .collect()
}

/// One invoice per fulfilment (`booking-rules` 6), and one of what is not sent yet.
fn invoices(
    order: &Order,
    document: &Document,
    parts: &[PartDecision],
    side: Side,
    zone: chrono_tz::Tz,
    limit: u32,
) -> Vec<SampleDocument> {
    let total = Money::new(document.total, order.currency(side));
    let whole =
        |date: Option<NaiveDate>, total: Option<Money>, vat: Vec<SampleVat>| SampleDocument {
            kind: "invoice".into(),
            when: "later".into(),
            name: order.name.clone(),
            date: date.map(|date| date.to_string()),
            total: total.as_ref().map(amount),
            vat,
            place: None,
        };
    let sent: Vec<&PartDecision> = parts
        .iter()
        .filter(|part| part.part.kind == PartKind::Invoice && part.state != PartState::Done)
        .collect();
    if sent.is_empty() {
        return vec![whole(None, Some(total), vat(document, order, side))];
    }
    let fulfilled: u64 = order
        .fulfilments
        .iter()
        .flat_map(|fulfilment| &fulfilment.lines)
        .map(|line| u64::from(line.quantity))
        .sum();
    let mut list: Vec<SampleDocument> = sent
        .iter()
        .map(|part| {
            whole(
                part.happened_at.map(|at| day(at, zone)),
                part.amount.map(|of| Money::new(of, order.currency(side))),
                vat_of(part, order, side),
            )
        })
        .collect();
    let known: Option<Decimal> = sent.iter().map(|part| part.amount).sum();
    let rest = known.map(|known| document.total - known);
    // Cents between the document and its parts are no parcel.
    let cents = Decimal::new(i64::from(limit), decimals(order.currency(side)));
    let is_open = rest.map_or(fulfilled < units(order), |rest| rest > cents);
    if !order.fulfilments.is_empty() && is_open {
        let rest = rest.map(|rest| Money::new(rest, order.currency(side)));
        list.push(whole(None, rest, Vec::new()));
    }
    list
}

fn units(order: &Order) -> u64 {
    order
        .lines
        .iter()
        .filter(|line| line.requires_shipping)
        .map(|line| u64::from(line.current_quantity))
        .sum()
}

/// The shop's VAT in a part, per rate.
fn vat_of(part: &PartDecision, order: &Order, side: Side) -> Vec<SampleVat> {
    let rows = part.vat.iter();
    rows.map(|(rate, tax)| SampleVat {
        rate: rate.normalize().to_string(),
        amount: amount(&Money::new(*tax, order.currency(side))),
    })
    .collect()
}

/// Credit notes, and what is paid back: they rest on an invoice that is not there yet.
fn refunds(
    order: &Order,
    settings: &Settings,
    parts: &[PartDecision],
    side: Side,
    zone: chrono_tz::Tz,
) -> Vec<SampleDocument> {
    let comes =
        |part: &&PartDecision| !matches!(part.state, PartState::Done | PartState::Skipped(_));
    let mut list = Vec::new();
    for (part, name, _) in life::parts(order) {
        let Some(decision) = parts.iter().filter(comes).find(|known| known.part == part) else {
            continue;
        };
        let transaction = order.transactions.iter().find(|one| one.id == part.id);
        let (kind, name, place) = match (part.kind, transaction) {
            (PartKind::CreditNote, _) => ("credit_note", name, None),
            (PartKind::Payment, Some(one)) if one.kind == TransactionKind::Refund => {
                let currency = order.currency(side);
                let row =
                    settings
                        .payments
                        .row(&one.gateway, one.method.as_deref(), currency.code());
                if !settings.payments.on || row.is_some_and(|row| row.rule == GatewayRule::Leave) {
                    continue;
                }
                let name = one.method.clone().unwrap_or_else(|| one.gateway.clone());
                ("refund", name, row.map(|row| row.cash_account.clone()))
            }
            _ => continue,
        };
        list.push(SampleDocument {
            kind: kind.into(),
            when: "follows".into(),
            name,
            date: decision.happened_at.map(|at| day(at, zone).to_string()),
            total: decision
                .amount
                .map(|of| amount(&Money::new(of, order.currency(side)))),
            vat: vat_of(decision, order, side),
            place,
        });
    }
    // The credit note first: its money goes back after it.
    list.sort_by_key(|document| document.kind != "credit_note");
    list
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
