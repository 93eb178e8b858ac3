//! What a line of a document says, field by field, so that two can be told apart by name.

use crate::contract::PlanLine;

/// Every field that a change is told of, by the names that the page has words for.
fn fields(line: &PlanLine) -> [(&'static str, Option<&str>); 9] {
    [
        ("item", Some(&line.item)),
        ("description", Some(&line.description)),
        ("unit", line.unit.as_deref()),
        ("quantity", Some(&line.quantity)),
        ("unit_price", Some(&line.unit_price)),
        ("discount", Some(&line.discount)),
        ("vat_category", Some(&line.vat_category)),
        ("account", line.account.as_deref()),
        ("warehouse", line.warehouse.as_deref()),
    ]
}

/// A field that differs: its name, what it was, what it is.
pub(crate) type Difference<'a> = (&'static str, Option<&'a str>, Option<&'a str>);

/// What differs between two lines.
pub(crate) fn differing<'a>(before: &'a PlanLine, after: &'a PlanLine) -> Vec<Difference<'a>> {
    fields(before)
        .into_iter()
        .zip(fields(after))
        .filter(|((_, was), (_, is))| was != is)
        .map(|((name, was), (_, is))| (name, was, is))
        .collect()
}
