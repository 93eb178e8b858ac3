//! The parts of an order before it is booked: what they will come to, as if its document were in the books just as it is planned and
//! nothing had followed it yet. Where nothing is made so far, a part's amount and VAT are the shop's own, so they are known.

use rust_decimal::Decimal;

use super::{Books, PartDecision, decide};
use crate::booking::document::Ground;
use crate::booking::{BookedState, Document};
use crate::erp::{BookedLine, BookedOrder, OrderNumber, OrderStatus};
use crate::settings::BookingMode;
use crate::shop::Order;

/// What is known of the parts of an order that becomes `document`. Their steps name numbers that nobody has given yet; their amounts,
/// VAT, dates and reasons hold.
pub fn foreseen(order: &Order, ground: Ground<'_>, document: &Document) -> Vec<PartDecision> {
    let number = (ground.settings.booking_mode == BookingMode::SalesOrder).then(|| OrderNumber {
        order_type: document.draft.order_type.clone(),
        number: String::new(),
    });
    let books = Books {
        orders: number
            .iter()
            .map(|number| as_booked(number, document))
            .collect(),
        ..Books::default()
    };
    let booked = BookedState {
        number,
        document: document.clone(),
        cancelled: false,
        customer: Some(String::new()),
    };
    let now = order.updated_at;
    decide(order, ground, Some(&booked), None, &books, now)
}

fn as_booked(number: &OrderNumber, document: &Document) -> BookedOrder {
    let draft = &document.draft;
    let lines: Vec<BookedLine> = (1_i64..)
        .zip(&draft.lines)
        .map(|(line_id, line)| BookedLine {
            line_id,
            link: Some(line.link.clone()),
            item: line.item.clone(),
            unit: line.unit.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            discount: line.discount,
            net: line.net(),
            vat_category: Some(line.vat_category.clone()),
            warehouse: line.warehouse.clone(),
            shipped: Decimal::ZERO,
        })
        .collect();
    let net: Decimal = lines.iter().map(|line| line.net).sum();
    BookedOrder {
        number: number.clone(),
        etag: String::new(),
        status: OrderStatus::Open,
        date: Some(draft.head.date),
        invoice_date: None,
        currency: draft.currency.clone(),
        customer: String::new(),
        vat_zone: Some(draft.head.vat_zone.clone()),
        customer_order: Some(draft.head.customer_order.clone()),
        customer_ref: Some(draft.head.customer_ref.clone()),
        custom_id: draft.head.custom_id.clone(),
        total: document.total,
        tax_total: document.total - net,
        lines,
        taxes: Vec::new(),
    }
}
