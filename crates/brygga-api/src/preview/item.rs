//! One thing of the preview in the user's words: rows, heads, lines, fields.

use brygga_core::booking::life::{LifeStep, PartKind};
use brygga_core::booking::shown::{head_changes, known_customer, line_changes, stored_lines};
use brygga_core::booking::{Document, LineWhy, Step, follow};
use brygga_core::erp::{CashDraft, LineDraft, SalesOrderDraft, Subaccount};
use brygga_core::money::decimals;
use brygga_core::settings::{CustomerField, InvoiceSettings};
use brygga_core::{Currency, Decimal};
use brygga_engine::{
    CustomerShown, GoodsShown, OrderShown, Outcome, PayoutShown, Previewed, ProfileShown, What,
};

use chrono_tz::Tz;

use super::goods::of_goods;
use super::step::{of_step, step_date};
use crate::api::{amount, count, reason};
use crate::contract::{
    Amount, PlanLine, PreviewBack, PreviewDocumentLine, PreviewFact, PreviewFollows, PreviewItem,
    PreviewLine, PreviewPosting, SampleVat,
};
use crate::fixes::remedy_kind;
use crate::story::plan_line;

/// The row of one thing; its day is the one in the shop's time zone.
pub fn line(found: &Previewed, zone: Tz) -> PreviewLine {
    let (what, digest, date, why) = match &found.outcome {
        Outcome::Send { digest, what } => {
            let (name, date) = named(what);
            (Some(name), Some(digest.clone()), date, None)
        }
        Outcome::Waiting(problem) | Outcome::Skipped(problem) | Outcome::Held(problem) => {
            (None, None, None, Some(reason(problem)))
        }
    };
    PreviewLine {
        kind: found.record.kind.as_str().into(),
        id: found.record.id.clone(),
        name: found.name.clone(),
        party: found.party.clone(),
        outcome: super::outcome(found).into(),
        what,
        amount: found.amount.as_ref().map(amount),
        date: date.or_else(|| {
            let day = found.happened_at?.with_timezone(&zone).date_naive();
            Some(day.to_string())
        }),
        digest,
        reason: why,
        note: found.note.as_ref().map(reason),
    }
}

/// What is done, and the date of the document.
fn named(what: &What) -> (String, Option<String>) {
    match what {
        What::Order(shown) => {
            let name = match (&shown.plan.document, &shown.plan.adopt, &shown.booked) {
                (None, ..) => "cancel",
                (Some(_), Some(_), _) => "adopt",
                (Some(_), None, Some(_)) => "change",
                (Some(_), None, None) => "make",
            };
            let date = shown
                .plan
                .document
                .as_ref()
                .map(|document| document.draft.head.date.to_string());
            (name.into(), date)
        }
        What::Step(taken) => (taken.step.name().into(), step_date(taken)),
        What::Customer(_) => ("change-customer".into(), None),
        What::Profile(ProfileShown::Make(_)) => ("create-customer".into(), None),
        What::Profile(ProfileShown::Link { .. }) => ("link-customer".into(), None),
        What::Goods(goods) => {
            let name = match goods {
                GoodsShown::Product(_) => "create-product",
                GoodsShown::Item(_) => "create-item",
                GoodsShown::Archive => "archive-product",
                GoodsShown::Fields { .. } => "update-fields",
                GoodsShown::Stock(_) => "set-stock",
            };
            (name.into(), None)
        }
        What::Payout(payout) => {
            let name = if payout.make.is_empty() {
                "release-cash"
            } else {
                "create-cash"
            };
            let date = payout.make.last().map(|draft| draft.date.to_string());
            (name.into(), date)
        }
    }
}

/// All of one thing.
pub fn item(found: &Previewed, zone: Tz) -> PreviewItem {
    let mut shown = PreviewItem {
        line: line(found, zone),
        facts: Vec::new(),
        lines: Vec::new(),
        vat: Vec::new(),
        currency: None,
        postings: Vec::new(),
        steps: Vec::new(),
        follows: Vec::new(),
        remedy: match &found.outcome {
            Outcome::Held(problem) => Some(remedy_kind(&reason(problem))),
            Outcome::Send { .. } | Outcome::Waiting(_) | Outcome::Skipped(_) => None,
        },
        in_fixes: false,
        later: None,
        back: None,
    };
    if let Outcome::Send { what, .. } = &found.outcome {
        match &**what {
            What::Order(order) => of_order(order, &mut shown),
            What::Step(taken) => of_step(taken, &mut shown),
            What::Customer(customer) => shown.facts = of_customer(customer),
            What::Profile(profile) => shown.facts = of_profile(profile),
            What::Goods(goods) => shown.facts = of_goods(goods),
            What::Payout(payout) => of_payout(payout, &mut shown),
        }
    }
    shown
}

/// What the shop's order is told once this is in the books (`booking-rules` 6): of invoices and credit notes, not of what comes before them.
pub(super) fn back(found: &Previewed, settings: &InvoiceSettings) -> Option<PreviewBack> {
    let Outcome::Send { what, .. } = &found.outcome else {
        return None;
    };
    let What::Step(taken) = &**what else {
        return None;
    };
    let told = settings.write_back && matches!(taken.step, LifeStep::ReleaseLedger { .. });
    told.then(|| PreviewBack {
        tag: settings.tag.clone(),
        marks_paid: settings.mark_paid,
    })
}

fn of_customer(customer: &CustomerShown) -> Vec<PreviewFact> {
    let changes = customer.changes.iter().map(|change| {
        let name = match change.field {
            CustomerField::Name => "customer_name",
            CustomerField::Email => "email",
            CustomerField::Phone => "phone",
            CustomerField::Address => "address",
            CustomerField::Delivery => "delivery_address",
        };
        changed(name, change.before.clone(), Some(change.after.clone()))
    });
    std::iter::once(fact("customer", &customer.number))
        .chain(changes)
        .collect()
}

fn of_profile(profile: &ProfileShown) -> Vec<PreviewFact> {
    match profile {
        ProfileShown::Make(draft) => {
            let address = draft.address.as_ref().and_then(follow::words);
            let mut facts = vec![
                fact("customer_name", &draft.name),
                fact("class", &draft.class),
                fact("currency", &draft.currency),
            ];
            let more = [
                ("email", draft.email.clone()),
                ("phone", draft.phone.clone()),
                ("address", address),
            ];
            facts.extend(
                more.into_iter()
                    .filter_map(|(name, text)| text.map(|text| fact(name, text))),
            );
            facts
        }
        ProfileShown::Link { number, by } => {
            vec![fact("linked_customer", number), fact("linked_by", by)]
        }
    }
}

pub(super) fn fact(name: &str, after: impl Into<String>) -> PreviewFact {
    PreviewFact {
        name: name.into(),
        of: None,
        before: None,
        after: Some(after.into()),
    }
}

pub(super) fn changed(name: &str, before: Option<String>, after: Option<String>) -> PreviewFact {
    PreviewFact {
        name: name.into(),
        of: None,
        before,
        after,
    }
}

pub(super) fn subaccount_fact(given: Option<&Subaccount>) -> Option<PreviewFact> {
    given.map(|given| fact("subaccount", given.to_string()))
}

pub(super) fn text(value: Decimal) -> String {
    value.normalize().to_string()
}

/// An amount with the decimals of its currency, as everywhere else on the page. One that has more is shown whole: nothing is cut off.
pub(super) fn money(value: Decimal, currency: &str) -> String {
    let places = Currency::from_code(currency).map_or(0, decimals);
    if value.normalize().scale() > places {
        return text(value);
    }
    format!("{value:.places$}", places = places as usize)
}

fn of_order(order: &OrderShown, shown: &mut PreviewItem) {
    let plan = &order.plan;
    shown.steps = plan.steps.iter().map(|step| step.name().into()).collect();
    let number = plan.adopt.as_ref().or_else(|| {
        order
            .booked
            .as_ref()
            .and_then(|booked| booked.number.as_ref())
    });
    if let Some(number) = number {
        shown.facts.push(fact("document", number.to_string()));
    }
    for step in &plan.steps {
        if let Step::CreateCustomer { draft, .. } = step {
            shown.facts.push(fact("new_customer", &draft.name));
            shown.facts.push(fact("class", &draft.class));
        }
    }
    if let Some((_, number, by)) = &plan.link_customer {
        shown.facts.push(fact("linked_customer", number));
        shown.facts.push(fact("linked_by", by));
    } else if let Some(number) = known_customer(plan) {
        shown.facts.push(fact("customer", number));
    }
    let Some(document) = &plan.document else {
        // The order is cancelled: its lines stay as they are.
        if let Some(booked) = &order.booked {
            of_document(&booked.document, shown);
            shown.lines = booked
                .document
                .draft
                .lines
                .iter()
                .map(|line| gone(line, &booked.document.why))
                .collect();
        }
        return;
    };
    of_document(document, shown);
    let before = order.booked.as_ref().map(|booked| &booked.document.draft);
    if let Some(before) = before {
        for (name, old, new) in head_changes(&before.head, &document.draft.head) {
            shown.facts.retain(|fact| fact.name != name);
            shown.facts.push(changed(name, Some(old), Some(new)));
        }
    }
    let old_lines = match (before, &order.there, &plan.adopt) {
        (Some(before), ..) => Some(before.lines.clone()),
        (None, Some(there), Some(_)) => Some(stored_lines(there, &document.draft.lines)),
        _ => None,
    };
    let old_why = order
        .booked
        .as_ref()
        .map(|booked| booked.document.why.as_slice())
        .unwrap_or_default();
    shown.lines = match old_lines {
        None => new_lines(&document.draft, &document.why),
        Some(old) => line_changes(&old, &document.draft.lines)
            .into_iter()
            .filter_map(|change| {
                let same = change.is_same();
                match (change.before, change.after) {
                    (Some(_), Some(after)) if same => Some(PreviewDocumentLine {
                        change: "same".into(),
                        before: None,
                        line: line_of(&after, &document.why),
                        fields: Vec::new(),
                    }),
                    (Some(before), Some(after)) => Some(PreviewDocumentLine {
                        change: "changed".into(),
                        before: Some(line_of(&before, old_why)),
                        line: line_of(&after, &document.why),
                        fields: change.fields.into_iter().map(str::to_owned).collect(),
                    }),
                    (None, Some(after)) => Some(new_line(&after, &document.why)),
                    (Some(before), None) => Some(gone(&before, old_why)),
                    (None, None) => None,
                }
            })
            .collect(),
    };
    shown.follows = order
        .follows
        .iter()
        .map(|follows| PreviewFollows {
            kind: match follows.kind {
                PartKind::Invoice => "invoice",
                PartKind::CreditNote => "credit_note",
                PartKind::Payment => "payment",
                PartKind::Shipment => "shipment",
            }
            .into(),
            count: count(follows.count),
        })
        .collect();
}

fn of_document(document: &Document, shown: &mut PreviewItem) {
    let draft = &document.draft;
    of_sales_order(draft, shown);
    let places = Currency::from_code(&draft.currency).map(|currency| decimals(currency) as usize);
    shown.vat = document
        .vat
        .iter()
        .map(|(rate, tax)| SampleVat {
            rate: rate.clone(),
            amount: Amount {
                amount: match (tax.parse::<Decimal>(), places) {
                    (Ok(tax), Some(places)) => format!("{tax:.places$}"),
                    _ => tax.clone(),
                },
                currency: draft.currency.clone(),
            },
        })
        .collect();
}

pub(super) fn of_sales_order(draft: &SalesOrderDraft, shown: &mut PreviewItem) {
    shown.currency = Some(draft.currency.clone());
    let head = &draft.head;
    shown.facts.push(fact("order_type", &draft.order_type));
    shown.facts.push(fact("date", head.date.to_string()));
    shown.facts.push(fact("zone", &head.vat_zone));
    shown.facts.push(fact("number", &head.customer_order));
    shown.facts.push(fact("reference", &head.customer_ref));
    if let Some(branch) = &head.branch {
        shown.facts.push(fact("branch", branch));
    }
    shown.facts.extend(subaccount_fact(draft.subaccount()));
    let channel = &head.channel;
    for (name, value) in [
        ("project", &channel.project),
        ("sales_person", &channel.sales_person),
        ("ship_via", &channel.ship_via),
        ("terms", &channel.terms),
    ] {
        shown
            .facts
            .extend(value.as_ref().map(|value| fact(name, value)));
    }
    let mut warehouses: Vec<&str> = draft
        .lines
        .iter()
        .filter_map(|line| line.warehouse.as_deref())
        .collect();
    warehouses.sort_unstable();
    warehouses.dedup();
    if !warehouses.is_empty() {
        shown.facts.push(fact("warehouse", warehouses.join(", ")));
    }
}

fn line_of(line: &LineDraft, why: &[LineWhy]) -> PlanLine {
    plan_line(line, why.iter().find(|why| why.link == line.link))
}

fn new_line(line: &LineDraft, why: &[LineWhy]) -> PreviewDocumentLine {
    PreviewDocumentLine {
        change: "new".into(),
        before: None,
        line: line_of(line, why),
        fields: Vec::new(),
    }
}

pub(super) fn new_lines(draft: &SalesOrderDraft, why: &[LineWhy]) -> Vec<PreviewDocumentLine> {
    draft.lines.iter().map(|line| new_line(line, why)).collect()
}

fn gone(line: &LineDraft, why: &[LineWhy]) -> PreviewDocumentLine {
    PreviewDocumentLine {
        change: "gone".into(),
        before: None,
        line: line_of(line, why),
        fields: Vec::new(),
    }
}

fn of_payout(payout: &PayoutShown, shown: &mut PreviewItem) {
    for draft in &payout.make {
        shown.facts.push(PreviewFact {
            of: Some(draft.reference.clone()),
            ..fact("cash_account", &draft.cash_account)
        });
        shown.facts.push(PreviewFact {
            of: Some(draft.reference.clone()),
            ..fact("total", text(draft.total))
        });
        shown.postings.extend(postings(draft));
    }
    for (number, draft) in &payout.release {
        shown.facts.push(fact("document", number));
        shown.postings.extend(postings(draft));
    }
    shown.steps = if payout.make.is_empty() {
        vec!["release-cash".into()]
    } else {
        vec!["create-cash".into(), "release-cash".into()]
    };
}

fn postings(draft: &CashDraft) -> impl Iterator<Item = PreviewPosting> + '_ {
    draft.lines.iter().map(|line| PreviewPosting {
        document: draft.reference.clone(),
        cash_account: draft.cash_account.clone(),
        text: line.description.clone(),
        account: line.account.clone(),
        amount: line.amount.to_string(),
        vat_category: line.vat_category.clone(),
    })
}

#[cfg(test)]
mod tests {
    use brygga_core::Money;
    use brygga_store::{RecordKind, RecordRef};
    use chrono::{TimeZone as _, Utc};

    use super::*;

    #[test]
    fn a_day_is_the_shops() {
        let late = Utc.with_ymd_and_hms(2026, 9, 10, 22, 30, 0).single();
        let found = Previewed {
            record: RecordRef::new(RecordKind::Payout, "1"),
            name: "1".into(),
            party: None,
            amount: Some(Money::new(
                Decimal::ONE,
                Currency::from_code("NOK").unwrap(),
            )),
            happened_at: late,
            part_of: None,
            outcome: Outcome::Skipped(brygga_core::Code::SkippedByChoice.into()),
            note: None,
        };
        let date = |zone| line(&found, zone).date;
        assert_eq!(date(Tz::Europe__Oslo).as_deref(), Some("2026-09-11"));
        assert_eq!(date(Tz::UTC).as_deref(), Some("2026-09-10"));
    }

    #[test]
    fn an_amount_has_the_decimals_of_its_currency() {
        for (currency, expected) in [("NOK", "1204.90"), ("JPY", "1204.9"), ("XX", "1204.9")] {
            assert_eq!(money(Decimal::new(120_490, 2), currency), expected);
        }
    }
}
