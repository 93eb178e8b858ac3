//! Lists of invoices and credit notes, with the filters of the spec (`facts/visma 4, 10`).

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{Kind, Listed, row_at};
use crate::visma::erp::answer::{self, Since};
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::world::World;

/// Not documented; the answer tells it.
pub(super) const MAX_PAGE: usize = 500;

/// The parts that lists show only when asked.
const EXPANSIONS: [(&str, &[&str]); 4] = [
    ("expandApplications", &["applications"]),
    ("expandAttachments", &["attachments"]),
    ("expandTaxDetails", &["taxDetails"]),
    (
        "expandInvoiceAddress",
        &["invoiceAddress", "invoiceContact"],
    ),
];

pub(super) fn list(world: &World, call: &Call, kind: Kind) -> Reply {
    let filter = match Filter::read(world, call) {
        Ok(filter) => filter,
        Err(reply) => return reply,
    };
    let until = world.listed_until();
    let alive = world
        .ledger
        .documents
        .iter()
        .filter(|((known, _), _)| *known == kind)
        .map(|(_, document)| &document.listed);
    let deleted = world
        .ledger
        .deleted
        .iter()
        .filter(|(known, _)| *known == kind)
        .map(|(_, listed)| listed);
    let rows = alive
        .chain(deleted)
        .filter_map(|listed: &Listed| row_at(listed, until))
        .filter(|row| filter.keeps(call, row))
        .map(|row| {
            let mut row = row.clone();
            for (flag, fields) in EXPANSIONS {
                if !is_true(call, flag) {
                    for field in fields {
                        row.remove(*field);
                    }
                }
            }
            row
        })
        .collect();
    answer::page(world, call, rows, MAX_PAGE)
}

pub(super) fn is_true(call: &Call, name: &str) -> bool {
    call.param(name)
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Filters that need reading first.
struct Filter {
    date: Option<Since>,
    due: Option<Since>,
    modified: Option<Since>,
    created: Option<Since>,
}

impl Filter {
    fn read(world: &World, call: &Call) -> Result<Self, Reply> {
        Ok(Self {
            date: Since::read(world, call, "documentDate")?,
            due: Since::read(world, call, "documentDueDate")?,
            modified: Since::read(world, call, "lastModifiedDateTime")?,
            created: Since::read(world, call, "createdDateTime")?,
        })
    }

    fn keeps(&self, call: &Call, row: &Map<String, Value>) -> bool {
        let text = |pointer: &str| {
            let (first, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
            let value = row.get(first)?;
            if rest.is_empty() {
                value.as_str()
            } else {
                value.get(rest)?.as_str()
            }
        };
        let equals = [
            ("documentType", "documentType"),
            ("financialPeriod", "financialPeriod"),
            ("closedFinancialPeriod", "closedFinancialPeriod"),
            ("status", "status"),
            ("externalReference", "externalReference"),
            ("paymentReference", "paymentReference"),
            ("customerRefNumber", "customerRefNumber"),
            ("customer", "customer/number"),
            ("branch", "branchNumber/number"),
        ]
        .into_iter()
        .all(|(name, pointer)| same(call, name, text(pointer)));
        let released = matches!(text("status"), Some("Open" | "Closed"));
        let wanted = match call.param("released") {
            Some("1") => released,
            Some("0") => !released,
            _ => true,
        };
        equals
            && wanted
            && since(self.date.as_ref(), text("documentDate"))
            && since(self.due.as_ref(), text("documentDueDate"))
            && since(self.modified.as_ref(), text("lastModifiedDateTime"))
            && since(self.created.as_ref(), text("createdDateTime"))
    }
}

/// Is the row's value the one asked for, if one is.
pub(super) fn same(call: &Call, name: &str, value: Option<&str>) -> bool {
    call.param(name)
        .is_none_or(|wanted| value.is_some_and(|value| value.eq_ignore_ascii_case(wanted)))
}

/// Does a row's time pass a filter, if there is one.
pub(super) fn since(filter: Option<&Since>, value: Option<&str>) -> bool {
    filter.is_none_or(|filter| {
        value
            .and_then(moment::parse_local)
            .is_some_and(|at: DateTime<Utc>| filter.keeps(at))
    })
}
