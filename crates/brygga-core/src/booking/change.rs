//! What has to change on a sales order that is there, so that it becomes the one that the shop's order asks for now
//! (`booking-rules` 3, edited after booking).

use std::collections::BTreeMap;

use super::Step;
use crate::code::{Code, Problem};
use crate::erp::{BookedLine, BookedOrder, HeadDraft, LineDraft, OrderStatus, SalesOrderDraft};

/// May a sales order still be changed: nothing of it was sent or invoiced.
pub fn is_changeable(booked: &BookedOrder) -> bool {
    let open = matches!(
        booked.status,
        OrderStatus::Open
            | OrderStatus::Hold
            | OrderStatus::BackOrder
            | OrderStatus::CreditHold
            | OrderStatus::PendingApproval
    );
    open && booked.lines.iter().all(|line| line.shipped.is_zero())
}

/// Does a stored line say the same as a planned one.
pub fn same_line(booked: &BookedLine, line: &LineDraft) -> bool {
    booked.item == line.item
        && booked.quantity == line.quantity
        && booked.unit_price == line.unit_price
        && booked.discount == line.discount
        && booked.vat_category.as_deref() == Some(line.vat_category.as_str())
        && (line.warehouse.is_none() || booked.warehouse == line.warehouse)
        && (line.unit.is_none() || booked.unit == line.unit)
}

/// What of ours may stand in a document beside what was written last as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ours<'a> {
    /// Nothing else.
    Whole,
    /// What these steps wrote: a change that was broken off in the middle, as by a crash.
    AndSteps(&'a [Step]),
    /// Whatever stands there: the merchant has looked, and wants ours.
    Anything,
}

impl Ours<'_> {
    fn steps(&self) -> &[Step] {
        match self {
            Self::AndSteps(steps) => steps,
            Self::Whole | Self::Anything => &[],
        }
    }

    /// Did one of the steps write this line so.
    fn wrote(&self, stored: &BookedLine) -> bool {
        self.steps().iter().any(|step| match step {
            Step::PatchLines { lines } | Step::AddLines { lines } => lines.iter().any(|line| {
                stored.link.as_deref() == Some(line.link.as_str()) && same_line(stored, line)
            }),
            _ => false,
        })
    }

    fn deleted(&self, link: &str) -> bool {
        self.steps().iter().any(|step| match step {
            Step::DeleteLines { links } => links.iter().any(|deleted| deleted == link),
            _ => false,
        })
    }

    fn wrote_another_head(&self, wanted: &HeadDraft) -> bool {
        self.steps().iter().any(|step| match step {
            Step::PatchHead { head } => **head != *wanted,
            _ => false,
        })
    }
}

/// The steps from what is stored to what is wanted. `before` is what we wrote last; a stored line that is neither that nor
/// what is wanted was changed by somebody else, and is not overwritten.
pub fn steps(
    before: Option<&SalesOrderDraft>,
    wanted: &SalesOrderDraft,
    booked: &BookedOrder,
) -> Result<Vec<Step>, Problem> {
    steps_beside(before, Ours::Whole, wanted, booked)
}

/// The same, where more of ours may stand in the document than `before`.
pub fn steps_beside(
    before: Option<&SalesOrderDraft>,
    ours: Ours<'_>,
    wanted: &SalesOrderDraft,
    booked: &BookedOrder,
) -> Result<Vec<Step>, Problem> {
    let by_others = || Problem::new(Code::DocumentChanged).with("document", &booked.number);
    let whole = before.filter(|_| ours != Ours::Anything);
    let old: Option<BTreeMap<&str, &LineDraft>> = whole.map(|draft| {
        draft
            .lines
            .iter()
            .map(|line| (line.link.as_str(), line))
            .collect()
    });
    let new: BTreeMap<&str, &LineDraft> = wanted
        .lines
        .iter()
        .map(|line| (line.link.as_str(), line))
        .collect();
    let mut there = BTreeMap::new();
    for line in &booked.lines {
        let link = line.link.as_deref().ok_or_else(by_others)?;
        if there.insert(link, line).is_some() {
            return Err(by_others());
        }
    }

    let (mut patch, mut add, mut delete) = (Vec::new(), Vec::new(), Vec::new());
    for (link, stored) in &there {
        let known = old.as_ref().map(|old| {
            old.get(link).is_some_and(|line| same_line(stored, line)) || ours.wrote(stored)
        });
        match new.get(link) {
            Some(line) if same_line(stored, line) => {}
            _ if known == Some(false) => return Err(by_others()),
            Some(line) if stored.item == line.item => patch.push((*line).clone()),
            Some(line) => {
                // A line's item cannot change (booking-rules 3): the line is replaced.
                delete.push((*link).to_owned());
                add.push((*line).clone());
            }
            None => delete.push((*link).to_owned()),
        }
    }
    for line in &wanted.lines {
        if there.contains_key(line.link.as_str()) {
            continue;
        }
        // Gone although we had written just this: somebody took it away.
        if old
            .as_ref()
            .and_then(|old| old.get(line.link.as_str()))
            .is_some_and(|before| **before == *line)
            && !ours.deleted(&line.link)
        {
            return Err(by_others());
        }
        add.push(line.clone());
    }

    let mut steps = Vec::new();
    if head_differs(before.map(|draft| &draft.head), &wanted.head, booked)
        || ours.wrote_another_head(&wanted.head)
    {
        steps.push(Step::PatchHead {
            head: Box::new(wanted.head.clone()),
        });
    }
    if !patch.is_empty() {
        steps.push(Step::PatchLines { lines: patch });
    }
    // Replaced lines go before they come again, since their link is their name; other lines come before any go.
    let (replaced, fresh): (Vec<_>, Vec<_>) = add
        .into_iter()
        .partition(|line| delete.contains(&line.link));
    if !fresh.is_empty() {
        steps.push(Step::AddLines { lines: fresh });
    }
    if !delete.is_empty() {
        steps.push(Step::DeleteLines { links: delete });
    }
    if !replaced.is_empty() {
        steps.push(Step::AddLines { lines: replaced });
    }
    Ok(steps)
}

fn head_differs(before: Option<&HeadDraft>, wanted: &HeadDraft, booked: &BookedOrder) -> bool {
    match before {
        Some(before) => before != wanted,
        None => {
            booked.customer_order.as_deref() != Some(wanted.customer_order.as_str())
                || booked.date.is_some_and(|date| date != wanted.date)
        }
    }
}
