//! What a preview shows of a plan, and the digest by which an approval names it: what is sent later is exactly what was shown, or
//! nothing is sent (`docs/adr/0001`).

use serde::Serialize;

use super::life::{LifeStep, PartDecision};
use super::touched::Touched;
use super::{Plan, Step};
use crate::digest;
use crate::erp::{BookedOrder, HeadDraft, LineDraft, OrderNumber};

/// Who a plan's document is for.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Buyer<'a> {
    /// A customer that is made for it: name of the link, digest of the draft.
    Made(&'a str, &'a str),
    /// Customer number.
    Known(&'a str),
    /// The document says it.
    OfDocument,
}

/// All of a plan that matters, with the version of the document that it changes.
#[derive(Serialize)]
struct Shown<'a> {
    document: Option<&'a super::Document>,
    buyer: Buyer<'a>,
    adopt: Option<&'a OrderNumber>,
    steps: Vec<Step>,
    version: Option<&'a str>,
}

/// A customer that was made meanwhile, from a draft that another plan showed too: name of the link, digest of the draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MadeMeanwhile<'a> {
    /// Name of the link.
    pub key: &'a str,
    /// [`digest::of`] the draft that it was made from.
    pub draft: &'a str,
}

/// Digest of a plan. `version` is the ETag of the document that it changes or adopts. With `made`, the digest that the same plan
/// had before that customer was there: two orders of one new customer both show that it is made.
pub fn plan_digest(plan: &Plan, version: Option<&str>, made: Option<MadeMeanwhile<'_>>) -> String {
    let draft = plan.steps.iter().find_map(|step| match step {
        Step::CreateCustomer { key, draft } => Some((key.as_str(), digest::of(draft))),
        _ => None,
    });
    let buyer = match (&draft, made, known_customer(plan)) {
        (Some((key, draft)), _, _) => Buyer::Made(key, draft),
        (None, Some(made), Some(_)) => Buyer::Made(made.key, made.draft),
        (None, _, Some(number)) => Buyer::Known(number),
        (None, _, None) => Buyer::OfDocument,
    };
    let steps = plan
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::CreateCustomer { .. } => None,
            Step::CreateOrder { draft, .. } => Some(Step::CreateOrder {
                draft: draft.clone(),
                customer: None,
            }),
            other => Some(other.clone()),
        })
        .collect();
    digest::of(&Shown {
        document: plan.document.as_ref(),
        buyer,
        adopt: plan.adopt.as_ref(),
        steps,
        version,
    })
}

/// The number of the customer that a plan's document is for, where it is known already.
pub fn known_customer(plan: &Plan) -> Option<&str> {
    plan.link_customer
        .as_ref()
        .map(|(_, number, _)| number.as_str())
        .or(plan.customer.as_deref())
        .or_else(|| {
            plan.steps.iter().find_map(|step| match step {
                Step::CreateOrder { customer, .. } => customer.as_deref(),
                _ => None,
            })
        })
}

/// Digest of the one step that comes next for a part, with what the part comes to and what the step is taken on.
pub fn step_digest(decision: &PartDecision, step: &LifeStep, touched: &Touched) -> String {
    let vat: Vec<(String, String)> = decision
        .vat
        .iter()
        .map(|(rate, tax)| (rate.normalize().to_string(), tax.normalize().to_string()))
        .collect();
    digest::of(&(
        &decision.part,
        step,
        decision.amount.map(|amount| amount.normalize().to_string()),
        vat,
        touched,
    ))
}

/// How a line comes out of a change.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChange {
    /// As it is; none where it is added.
    pub before: Option<LineDraft>,
    /// As it will be; none where it is taken away.
    pub after: Option<LineDraft>,
    /// Names of what differs, where it stays: `item`, `description`, `unit`, `quantity`, `unit_price`, `discount`, `vat_category`,
    /// `account`, `warehouse`.
    pub fields: Vec<&'static str>,
}

impl LineChange {
    /// Is the line after the change what it was before.
    pub fn is_same(&self) -> bool {
        self.before.is_some() && self.after.is_some() && self.fields.is_empty()
    }
}

/// Every line of a document before and after, in the order of the new one; what is taken away comes last.
pub fn line_changes(before: &[LineDraft], after: &[LineDraft]) -> Vec<LineChange> {
    let of = |lines: &[LineDraft], link: &str| lines.iter().find(|line| line.link == link).cloned();
    let mut changes: Vec<LineChange> = after
        .iter()
        .map(|line| {
            let old = of(before, &line.link);
            LineChange {
                fields: old
                    .as_ref()
                    .map(|old| differing(old, line))
                    .unwrap_or_default(),
                before: old,
                after: Some(line.clone()),
            }
        })
        .collect();
    changes.extend(
        before
            .iter()
            .filter(|line| of(after, &line.link).is_none())
            .map(|line| LineChange {
                before: Some(line.clone()),
                after: None,
                fields: Vec::new(),
            }),
    );
    changes
}

fn differing(old: &LineDraft, new: &LineDraft) -> Vec<&'static str> {
    [
        ("item", old.item != new.item),
        ("description", old.description != new.description),
        ("unit", old.unit != new.unit),
        ("quantity", old.quantity != new.quantity),
        ("unit_price", old.unit_price != new.unit_price),
        ("discount", old.discount != new.discount),
        ("vat_category", old.vat_category != new.vat_category),
        ("account", old.account != new.account),
        ("warehouse", old.warehouse != new.warehouse),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

/// The lines of a document that is there, as far as it tells them. What it does not tell is taken from `wanted`, and so is what
/// `wanted` leaves to Visma.net: whatever unit or warehouse stands there then, stays.
pub fn stored_lines(there: &BookedOrder, wanted: &[LineDraft]) -> Vec<LineDraft> {
    there
        .lines
        .iter()
        .map(|stored| {
            let link = stored
                .link
                .clone()
                .unwrap_or_else(|| format!("#{}", stored.line_id));
            let same = wanted.iter().find(|line| line.link == link);
            let named = |field: fn(&LineDraft) -> &Option<String>, there: &Option<String>| {
                there
                    .clone()
                    .filter(|_| same.is_none_or(|line| field(line).is_some()))
            };
            LineDraft {
                description: same
                    .map(|line| line.description.clone())
                    .unwrap_or_default(),
                account: same.and_then(|line| line.account.clone()),
                subaccount: same.and_then(|line| line.subaccount.clone()),
                item: stored.item.clone(),
                unit: named(|line| &line.unit, &stored.unit),
                quantity: stored.quantity,
                unit_price: stored.unit_price,
                discount: stored.discount,
                vat_category: stored.vat_category.clone().unwrap_or_default(),
                warehouse: named(|line| &line.warehouse, &stored.warehouse),
                operation: None,
                invoice: None,
                link,
            }
        })
        .collect()
}

/// What differs in the head: name, before, after.
pub fn head_changes(before: &HeadDraft, after: &HeadDraft) -> Vec<(&'static str, String, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let address = |draft: &crate::erp::DeliveryDraft| {
        let mut parts: Vec<String> = [&draft.name, &draft.attention]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        if let Some(address) = &draft.address {
            parts.push(address.line1.clone());
            parts.extend(address.line2.clone());
            let town = [&address.postal_code, &address.city]
                .into_iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
                .join(" ");
            parts.push(town);
            parts.push(address.country.clone());
        }
        parts.extend(draft.phone.clone());
        parts.extend(draft.email.clone());
        parts.retain(|part| !part.is_empty());
        parts.join(", ")
    };
    [
        (
            "number",
            before.customer_order.clone(),
            after.customer_order.clone(),
        ),
        (
            "reference",
            before.customer_ref.clone(),
            after.customer_ref.clone(),
        ),
        ("date", before.date.to_string(), after.date.to_string()),
        ("zone", before.vat_zone.clone(), after.vat_zone.clone()),
        (
            "text",
            before.description.clone(),
            after.description.clone(),
        ),
        ("branch", text(&before.branch), text(&after.branch)),
        (
            "project",
            text(&before.channel.project),
            text(&after.channel.project),
        ),
        (
            "sales_person",
            text(&before.channel.sales_person),
            text(&after.channel.sales_person),
        ),
        (
            "ship_via",
            text(&before.channel.ship_via),
            text(&after.channel.ship_via),
        ),
        (
            "terms",
            text(&before.channel.terms),
            text(&after.channel.terms),
        ),
        (
            "delivery",
            address(&before.delivery),
            address(&after.delivery),
        ),
        ("billing", address(&before.billing), address(&after.billing)),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    fn line(link: &str, quantity: i64, price: i64) -> LineDraft {
        LineDraft {
            link: link.into(),
            item: "A-1".into(),
            unit: None,
            description: "A thing".into(),
            quantity: Decimal::from(quantity),
            unit_price: Decimal::from(price),
            discount: Decimal::ZERO,
            vat_category: "H".into(),
            account: None,
            subaccount: None,
            warehouse: None,
            operation: None,
            invoice: None,
        }
    }

    #[test]
    fn a_change_tells_each_line_apart() {
        let before = [
            line("line/1", 2, 80),
            line("line/2", 1, 200),
            line("line/3", 1, 10),
        ];
        let after = [
            line("line/1", 1, 80),
            line("line/2", 1, 200),
            line("line/4", 1, 40),
        ];
        let told: Vec<String> = line_changes(&before, &after)
            .iter()
            .map(|change| {
                let there = [change.before.is_some(), change.after.is_some()];
                format!("{there:?} {:?} {}", change.fields, change.is_same())
            })
            .collect();
        assert_eq!(
            told,
            [
                r#"[true, true] ["quantity"] false"#,
                "[true, true] [] true",
                "[false, true] [] false",
                "[true, false] [] false",
            ]
        );
    }

    #[test]
    fn what_we_leave_to_visma_is_no_change() {
        let there = BookedOrder {
            number: OrderNumber {
                order_type: "SO".into(),
                number: "000001".into(),
            },
            etag: "1".into(),
            status: crate::erp::OrderStatus::Open,
            date: None,
            invoice_date: None,
            currency: "NOK".into(),
            customer: "10001".into(),
            vat_zone: None,
            customer_order: None,
            customer_ref: None,
            custom_id: None,
            total: Decimal::from(100),
            tax_total: Decimal::from(20),
            lines: vec![crate::erp::BookedLine {
                line_id: 1,
                link: Some("line/1".into()),
                item: "A-1".into(),
                unit: Some("STK".into()),
                quantity: Decimal::ONE,
                unit_price: Decimal::from(80),
                discount: Decimal::ZERO,
                net: Decimal::from(80),
                vat_category: Some("H".into()),
                warehouse: Some("1".into()),
                shipped: Decimal::ZERO,
            }],
            taxes: Vec::new(),
        };
        let ours = line("line/1", 1, 80);
        let named = LineDraft {
            unit: Some("BOX".into()),
            warehouse: Some("1".into()),
            ..ours.clone()
        };
        for (wanted, fields) in [(ours, vec![]), (named, vec!["unit"])] {
            let wanted = [wanted];
            let changes = line_changes(&stored_lines(&there, &wanted), &wanted);
            assert_eq!(changes[0].fields, fields);
        }
    }

    fn plan(steps: Vec<Step>, customer: Option<&str>) -> Plan {
        Plan {
            document: None,
            link_customer: None,
            adopt: None,
            customer: customer.map(str::to_owned),
            steps,
        }
    }

    fn draft(name: &str) -> Box<crate::erp::CustomerDraft> {
        Box::new(crate::erp::CustomerDraft {
            name: name.into(),
            class: "PRIV".into(),
            terms: None,
            currency: "NOK".into(),
            vat_zone: None,
            vat_registration: None,
            corporate_id: None,
            attention: None,
            email: None,
            phone: None,
            address: None,
            delivery: None,
            private: true,
            reference: "mail/x".into(),
        })
    }

    #[test]
    fn whatever_a_plan_is_made_of_is_in_its_digest() {
        let cancel = plan(vec![Step::Cancel {}], None);
        let one = plan_digest(&cancel, Some("v1"), None);
        assert_eq!(plan_digest(&cancel, Some("v1"), None), one);
        assert_ne!(
            plan_digest(&cancel, Some("v2"), None),
            one,
            "another version"
        );
        assert_ne!(
            plan_digest(&plan(Vec::new(), None), Some("v1"), None),
            one,
            "other steps"
        );
        assert_ne!(
            plan_digest(&plan(vec![Step::Cancel {}], Some("10")), Some("v1"), None),
            one,
            "another customer"
        );
    }

    #[test]
    fn a_customer_that_the_other_order_made_is_the_one_that_was_shown() {
        let create = |name: &str| Step::CreateCustomer {
            key: "mail/x".into(),
            draft: draft(name),
        };
        let shown = plan_digest(&plan(vec![create("Kari")], None), None, None);
        let now = plan(Vec::new(), Some("10"));
        let of = digest::of(&draft("Kari"));
        let made = MadeMeanwhile {
            key: "mail/x",
            draft: &of,
        };
        assert_ne!(plan_digest(&now, None, None), shown);
        assert_eq!(plan_digest(&now, None, Some(made)), shown);
        let of = digest::of(&draft("Ola"));
        let other = MadeMeanwhile {
            key: "mail/x",
            draft: &of,
        };
        assert_ne!(
            plan_digest(&now, None, Some(other)),
            shown,
            "made from another draft"
        );
    }
}
