//! From the answers of SalesOrder v3 to the document in the words of the trade.

use brygga_core::erp::{
    BookedLine, BookedOrder, BookedTax, OrderNumber, OrderStatus, SalesOrderHit,
};
use brygga_core::{Code, Problem};
use rust_decimal::Decimal;

use super::wire::{Line, ListRow, Order, OrderState, Tax};
use crate::error::{REMOTE, unexpected};
use crate::exact::Exact;
use crate::text::day;

/// Head, lines and VAT of one document, with the ETag that a change has to name.
pub(crate) fn booked(
    number: &OrderNumber,
    header_etag: Option<&str>,
    order: Order,
    lines: Vec<Line>,
    taxes: Vec<Tax>,
) -> Result<BookedOrder, Problem> {
    let missing = |what: &str| unexpected(format!("{number} without {what}"));
    let answered = OrderNumber {
        order_type: order.order_type.unwrap_or_default(),
        number: order.order_id.unwrap_or_default(),
    };
    if answered != *number {
        return Err(unexpected(format!("asked for {number}, got {answered}")));
    }
    let etag = header_etag
        .map(str::to_owned)
        .or_else(|| {
            order
                .version
                .as_deref()
                .filter(|version| !version.is_empty())
                .map(|version| format!("\"{version}\""))
        })
        .ok_or_else(|| missing("version"))?;
    let totals = order.totals.ok_or_else(|| missing("totals"))?;
    let (total, tax_total) = match (totals.order_total, totals.tax_total) {
        (Some(total), Some(tax_total)) => (total.0, tax_total.0),
        _ => return Err(missing("order total and tax total")),
    };
    // An empty list where the head has units or VAT is a fault, not a document without lines (`design` 3).
    let units = order.order_qty.unwrap_or_default().0;
    let lines_missing = lines.is_empty() && !(total.is_zero() && units.is_zero());
    let vat_missing = taxes.is_empty() && !tax_total.is_zero();
    if lines_missing || vat_missing {
        let what = if lines_missing { "lines" } else { "VAT" };
        return Err(Problem::new(Code::RemoteEmpty)
            .with("remote", REMOTE)
            .with("detail", format!("{number} without {what}")));
    }
    let customer = order.customer.ok_or_else(|| missing("customer"))?;
    Ok(BookedOrder {
        number: number.clone(),
        etag,
        status: order
            .status
            .map_or_else(|| OrderStatus::Other(String::new()), status),
        date: order.date.as_deref().and_then(day),
        invoice_date: order
            .financial_information
            .and_then(|info| info.invoice_date)
            .as_deref()
            .and_then(day),
        currency: order.currency_id.ok_or_else(|| missing("currency"))?,
        customer: customer.id.ok_or_else(|| missing("customer number"))?,
        vat_zone: customer.tax_zone.and_then(|zone| zone.id),
        customer_order: customer.order,
        customer_ref: customer.ref_no,
        custom_id: order
            .custom_fields
            .and_then(|fields| fields.custom_str1)
            .filter(|id| !id.is_empty()),
        total,
        tax_total,
        lines: lines.into_iter().map(line).collect(),
        taxes: taxes.into_iter().map(tax).collect(),
    })
}

fn status(state: OrderState) -> OrderStatus {
    // The flags are plain; the description is text and could be in the company's language.
    if state.cancelled {
        OrderStatus::Cancelled
    } else {
        match (state.description.map(OrderStatus::from), state.hold) {
            (Some(OrderStatus::Other(_)) | None, true) => OrderStatus::Hold,
            (Some(known), _) => known,
            (None, false) => OrderStatus::Other(String::new()),
        }
    }
}

fn line(wire: Line) -> BookedLine {
    let amount = |value: Option<Exact>| value.unwrap_or_default().0;
    let quantity = amount(wire.quantity);
    let unit_price = amount(wire.unit_price);
    let discount = amount(wire.discount_amount);
    // There is no "amount after discount" in `SalesOrderLineDto`: before it, minus it.
    let gross = wire
        .line_total_before_discount
        .or(wire.extended_price)
        .map_or_else(|| quantity * unit_price, |value| value.0);
    BookedLine {
        line_id: wire.line_id,
        link: wire.external_link.filter(|link| !link.is_empty()),
        item: wire
            .inventory
            .and_then(|inventory| inventory.id)
            .unwrap_or_default(),
        unit: wire.unit_of_measure,
        quantity,
        unit_price,
        discount,
        net: gross - discount,
        vat_category: wire.tax_category_id,
        warehouse: wire.warehouse_id,
        shipped: amount(wire.quantity_on_shipments),
    }
}

fn tax(wire: Tax) -> BookedTax {
    let amount = |value: Option<Exact>| value.map_or(Decimal::ZERO, |value| value.0);
    BookedTax {
        vat_id: wire.tax_id.unwrap_or_default(),
        rate: amount(wire.tax_rate),
        taxable: amount(wire.taxable_amount),
        amount: amount(wire.tax_amount),
    }
}

/// One row of the list; `None` if it names no document.
pub(crate) fn hit(row: ListRow) -> Option<SalesOrderHit> {
    Some(SalesOrderHit {
        number: OrderNumber {
            order_type: row.order_type?,
            number: row.order_id?,
        },
        customer_order: row.customer_order,
        customer_ref: row.customer_ref_no,
        customer: row.customer_id,
        customer_name: row.customer_name,
        date: row.date.as_deref().and_then(day),
        currency: row.currency,
        description: row.description,
        status: OrderStatus::from(row.status.unwrap_or_default()),
        total: row.order_total.unwrap_or_default().0,
    })
}

/// Type and number from a `Location`: its last two segments, whatever host and prefix stand before them (`facts/visma` 7).
pub(crate) fn number_from_location(location: &str) -> Option<OrderNumber> {
    let segments = crate::location::segments(location)?;
    let [.., before, order_type, number] = segments.as_slice() else {
        return None;
    };
    // Without its collection the two could be anything.
    before
        .eq_ignore_ascii_case("salesorders")
        .then(|| OrderNumber {
            order_type: order_type.clone(),
            number: number.clone(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_comes_from_the_last_two_segments() {
        let table = [
            (
                "https://salesorder.visma.net/api/v3/SalesOrders/SO/000223",
                Some("SO 000223"),
            ),
            ("/api/v3/SalesOrders/SO/000223/", Some("SO 000223")),
            (
                "http://127.0.0.1:8123/api/v3/SalesOrders/SO/000223",
                Some("SO 000223"),
            ),
            (
                "https://other.host/v3/salesorders/SA/12?x=1#y",
                Some("SA 12"),
            ),
            ("SalesOrders/S%20O/A%2F1", Some("S O A/1")),
            ("/SO/000223", None),
            ("000223", None),
            ("", None),
            ("https://salesorder.visma.net", None),
        ];
        for (location, want) in table {
            assert_eq!(
                number_from_location(location)
                    .map(|number| number.to_string())
                    .as_deref(),
                want,
                "{location}"
            );
        }
    }

    fn order(json: &str) -> Order {
        serde_json::from_str(json).expect("an order")
    }

    const FULL: &str = r##"{"type":"SO","orderId":"000223","date":"2026-10-25T00:00:00","currencyId":"NOK","version":"AAAA",
        "status":{"description":"Open","cancelled":false,"hold":false},
        "customer":{"id":"10001","order":"#1001","refNo":"54","taxZone":{"id":"NO-IN","description":"Norge"}},
        "totals":{"orderTotal":1998.75,"taxTotal":399.75},"customFields":{"customStr1":""},"unknownToUs":{"a":[1]}}"##;

    #[test]
    fn a_document_is_read_with_its_lines_and_vat() {
        let number = OrderNumber {
            order_type: "SO".into(),
            number: "000223".into(),
        };
        let lines = serde_json::from_str(r#"[{"lineId":1,"inventory":{"id":"TELT"},"quantity":2.0,"unitPrice":799.50,"lineTotalBeforeDiscount":1599.00,
            "discountAmount":0.01,"externalLink":"line/7","taxCategoryId":"HOY","warehouseId":"1","quantityOnShipments":0.0}]"#)
        .expect("lines");
        let taxes = serde_json::from_str(
            r#"[{"taxId":"NO25","taxRate":25.0,"taxableAmount":1599.00,"taxAmount":399.75}]"#,
        )
        .expect("taxes");
        let booked = booked(&number, None, order(FULL), lines, taxes).expect("a document");
        assert_eq!(booked.etag, "\"AAAA\"");
        assert_eq!(
            (
                booked.total.to_string().as_str(),
                booked.tax_total.to_string().as_str()
            ),
            ("1998.75", "399.75")
        );
        assert_eq!(
            (booked.custom_id, booked.vat_zone.as_deref()),
            (None, Some("NO-IN"))
        );
        assert_eq!(booked.lines[0].net.to_string(), "1598.99");
        assert_eq!(booked.taxes[0].vat_id, "NO25");
    }

    #[test]
    fn a_document_that_is_not_the_one_asked_for_or_has_no_totals_is_no_answer() {
        let number = OrderNumber {
            order_type: "SO".into(),
            number: "000224".into(),
        };
        let problem = booked(&number, Some("\"x\""), order(FULL), vec![], vec![])
            .expect_err("another document");
        assert_eq!(problem.code, Code::RemoteUnexpected);
        let number = OrderNumber {
            order_type: "SO".into(),
            number: "000223".into(),
        };
        let bare =
            order(r#"{"type":"SO","orderId":"000223","currencyId":"NOK","customer":{"id":"1"}}"#);
        assert!(booked(&number, Some("\"x\""), bare, vec![], vec![]).is_err());
    }

    #[test]
    fn states_survive_flags_and_unknown_words() {
        let state = |description: Option<&str>, cancelled, hold| {
            status(OrderState {
                description: description.map(str::to_owned),
                cancelled,
                hold,
            })
        };
        assert_eq!(state(Some("Open"), false, false), OrderStatus::Open);
        assert_eq!(
            state(Some("Kansellert"), true, false),
            OrderStatus::Cancelled
        );
        assert_eq!(state(Some("På vent"), false, true), OrderStatus::Hold);
        assert_eq!(
            state(Some("CreditHold"), false, true),
            OrderStatus::CreditHold
        );
        assert_eq!(
            state(Some("Newer"), false, false),
            OrderStatus::Other("Newer".into())
        );
    }
}
