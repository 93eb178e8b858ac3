//! Which line of a sales order a line of an invoice or credit note comes from. The ledger names the order, but not its line
//! (`CustomerInvoiceLineDto` has no such field), so it is told by `externalLink` where that came along, else by what stands on it.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::life::Books;
use crate::erp::{BookedLine, BookedOrder, LedgerDocument, LedgerLine};

/// Names the sales-order line of every ledger line that has none yet.
pub fn name_order_lines(books: &mut Books) {
    let Books { orders, ledger, .. } = books;
    for document in ledger {
        name_lines(orders, document);
    }
}

fn name_lines(orders: &[BookedOrder], document: &mut LedgerDocument) {
    let mut taken: BTreeSet<(usize, i64)> = BTreeSet::new();
    for line in &mut document.lines {
        let Some((place, order)) = orders
            .iter()
            .enumerate()
            .find(|(_, order)| Some(&order.number) == line.order.as_ref())
        else {
            continue;
        };
        if line.order_line.is_none() {
            let found = by_link(order, line)
                .or_else(|| by_content(order, line, |id| taken.contains(&(place, id))));
            line.order_line = found.and_then(|found| i32::try_from(found.line_id).ok());
        }
        if let Some(id) = line.order_line {
            taken.insert((place, i64::from(id)));
        }
    }
}

fn by_link<'a>(order: &'a BookedOrder, line: &LedgerLine) -> Option<&'a BookedLine> {
    let link = line.link.as_deref()?;
    order
        .lines
        .iter()
        .find(|known| known.link.as_deref() == Some(link))
}

/// The line with the same item; of several, one that no other line of the document has taken, with the same price first.
fn by_content<'a>(
    order: &'a BookedOrder,
    line: &LedgerLine,
    is_taken: impl Fn(i64) -> bool,
) -> Option<&'a BookedLine> {
    let same: Vec<&BookedLine> = order
        .lines
        .iter()
        .filter(|known| Some(known.item.as_str()) == line.item.as_deref())
        .collect();
    if let [only] = same.as_slice() {
        return Some(only);
    }
    let free = |known: &&&BookedLine| !is_taken(known.line_id);
    let priced = |known: &&&BookedLine| {
        known.unit_price == line.unit_price && known.quantity >= line.quantity
    };
    let exact = |known: &&&BookedLine| priced(known) && (known.net - line.net).abs() < Decimal::ONE;
    same.iter()
        .filter(free)
        .find(exact)
        .or_else(|| same.iter().filter(free).find(priced))
        .or_else(|| same.iter().find(free))
        .copied()
}
