//! Lines that take back what an invoice sold: the invoice and its line (codes 1826 to 1829).

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::problem::Detail;
use super::{Line, SalesOrder, check};
use crate::visma::ledger::Kind;
use crate::visma::world::World;

/// Checks the reference of a line and keeps it.
pub(super) fn refer(
    world: &World,
    order: &SalesOrder,
    line: &mut Line,
    input: &Map<String, Value>,
    place: &str,
    details: &mut Vec<Detail>,
) {
    let mut refuse = |code: &'static str, name: &str, text: &str| {
        details.push(Detail::new(code, format!("{place}.{name}"), text));
    };
    let number = input
        .get("invoiceLineNumber")
        .and_then(Value::as_i64)
        .and_then(|number| i32::try_from(number).ok());
    if let Some(invoice) = check::text(input, "invoiceNumber") {
        let returns = world
            .data
            .order_type(&order.order_type)
            .is_some_and(|kind| kind.operation == "Receipt");
        if !returns {
            refuse(
                "1828-InvalidOrderTypeForInvoice",
                "invoiceNumber",
                "Invoice information for line can only be added for return orders",
            );
            return;
        }
        // Only what is in the books can be taken back.
        let kind = check::text(input, "invoiceType").unwrap_or("Invoice");
        let Some(document) = world
            .ledger
            .documents
            .get(&(Kind::Invoice, invoice.to_owned()))
            .filter(|document| document.customer == order.customer && document.is_released())
            .filter(|_| kind == Kind::Invoice.word())
        else {
            refuse(
                "1826-InvalidInvoice",
                "invoiceNumber",
                "Invoice not found for the customer",
            );
            return;
        };
        let sold = document.lines.iter().find(|sold| {
            Some(sold.number) == number && sold.item.as_deref() == Some(line.item.as_str())
        });
        let Some(sold) = sold else {
            refuse(
                "1827-InvalidInvoiceLine",
                "invoiceLineNumber",
                "Invoice line not found",
            );
            return;
        };
        line.returns = Some((invoice.to_owned(), sold.number));
    } else if input
        .get("invoiceLineNumber")
        .is_some_and(|value| !value.is_null())
    {
        refuse(
            "1826-InvalidInvoice",
            "invoiceNumber",
            "Invoice not found for the customer",
        );
        return;
    }

    let Some((invoice, number)) = &line.returns else {
        return;
    };
    let sold: Decimal = world
        .ledger
        .documents
        .get(&(Kind::Invoice, invoice.clone()))
        .into_iter()
        .flat_map(|document| &document.lines)
        .filter(|sold| sold.number == *number)
        .map(|sold| sold.quantity)
        .sum();
    if line.quantity + returned(world, order, line) > sold {
        refuse(
            "1829-InvalidOrderTypeForInvoice",
            "quantity",
            "Quantity set to be returned is greater than the invoiced quantity",
        );
    }
}

/// What other lines take back of the same line of the same invoice.
fn returned(world: &World, order: &SalesOrder, line: &Line) -> Decimal {
    let key = order.key();
    let others = world
        .orders
        .values()
        .filter(|other| other.key() != key && other.status != "Cancelled")
        .flat_map(|other| &other.lines);
    let own = order
        .lines
        .iter()
        .filter(|other| line.id == 0 || other.id != line.id);
    others
        .chain(own)
        .filter(|other| other.returns == line.returns)
        .map(|other| other.quantity)
        .sum()
}
