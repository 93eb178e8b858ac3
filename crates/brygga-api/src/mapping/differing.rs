//! How a document comes out otherwise, in the words of the preview.

use brygga_core::booking::Document;
use brygga_core::booking::shown::{LineChange, head_changes, line_changes};
use brygga_core::erp::{LineDraft, SalesOrderDraft};

use crate::contract::PreviewFact;
use crate::line;
use crate::story::plan_line;

/// At most so many differences are named of one document.
const NAMED: usize = 8;

/// What differs between two documents of one order; many lines with the same difference name it once.
pub(super) fn differing(before: &Document, after: &Document) -> Vec<PreviewFact> {
    let mut facts = Vec::new();
    for change in line_changes(&before.draft.lines, &after.draft.lines) {
        for fact in of_line(&change) {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
    }
    let (one, other) = (&before.draft, &after.draft);
    for (name, before, after) in head_changes(&one.head, &other.head) {
        facts.push(fact(name, Some(before), Some(after)));
    }
    let subaccount = |draft: &SalesOrderDraft| draft.subaccount().map(ToString::to_string);
    let (was, is) = (subaccount(one), subaccount(other));
    if was != is {
        facts.push(fact("subaccount", was, is));
    }
    for (name, before, after) in [
        ("order_type", &one.order_type, &other.order_type),
        ("currency", &one.currency, &other.currency),
    ] {
        if before != after {
            facts.push(fact(name, Some(before.clone()), Some(after.clone())));
        }
    }
    facts.truncate(NAMED);
    facts
}

fn of_line(change: &LineChange) -> Vec<PreviewFact> {
    let plain = |line: &LineDraft| plan_line(line, None);
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => line::differing(&plain(before), &plain(after))
            .into_iter()
            .map(|(name, was, is)| fact(name, was.map(str::to_owned), is.map(str::to_owned)))
            .collect(),
        (before, after) => {
            let item = |line: &LineDraft| line.item.clone();
            vec![fact(
                "lines",
                before.as_ref().map(item),
                after.as_ref().map(item),
            )]
        }
    }
}

pub(super) fn fact(name: &str, before: Option<String>, after: Option<String>) -> PreviewFact {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    PreviewFact {
        name: name.into(),
        of: None,
        before: filled(before),
        after: filled(after),
    }
}
