//! Digests: our own write-back moves nothing, and every amount that counts moves the economic one.

use brygga_core::Currency;
use brygga_core::digest::{addresses, content, economic};
use brygga_core::shop::{
    B2b, Discount, Duty, Fee, LineKind, Order, Refund, RefundLine, RefundShipping, RestockType,
    Side,
};

use crate::build::{address, at, line, nok, order, shipping, simple, tax};

fn refund(restock: RestockType) -> Refund {
    Refund {
        id: "1".into(),
        created_at: None,
        total: nok("0"),
        lines: vec![RefundLine {
            line_id: "1".into(),
            quantity: 1,
            restock,
            subtotal: nok("62.50"),
            tax: nok("12.50"),
            location_id: None,
        }],
        shipping: vec![],
        duties: vec![],
        adjustments: vec![],
        transactions: vec![],
    }
}

/// One thing that happens to an order.
type Change = fn(&mut Order);

fn full() -> Order {
    let mut order = order(
        vec![
            line("1", "SKU1", 2, "125.00", "25"),
            line("2", "SKU2", 1, "80.00", "15"),
        ],
        vec![shipping("1", "50.00", "25")],
    );
    order.fees.push(Fee {
        id: "1".into(),
        name: "Fee".into(),
        price: nok("10"),
        taxes: vec![],
    });
    order.lines[0].discounts.push(Discount { amount: nok("5") });
    order.refunds.push(refund(RestockType::Cancel));
    order.lines[0].current_quantity = 1;
    order
}

#[test]
fn economic_digest_moves_with_each_economic_field() {
    let changes: Vec<(&str, Change)> = vec![
        ("quantity", |o| {
            o.lines[1].quantity = 2;
            o.lines[1].current_quantity = 2;
        }),
        ("units removed", |o| o.lines[0].current_quantity = 0),
        ("price", |o| o.lines[0].original_total = nok("126.00")),
        ("discount", |o| o.lines[0].discounts[0].amount = nok("6")),
        ("another discount", |o| {
            o.lines[0].discounts.push(Discount { amount: nok("1") });
        }),
        ("tax", |o| o.lines[0].taxes[0].amount = nok("24")),
        ("rate", |o| o.lines[0].taxes = vec![tax("25", "15")]),
        ("who pays the tax", |o| {
            o.lines[0].taxes[0].channel_liable = true;
        }),
        ("line gone", |o| {
            o.lines.pop();
        }),
        ("line added", |o| {
            o.lines.push(line("3", "SKU3", 1, "1.00", "25"));
        }),
        ("sku", |o| {
            o.lines[0].kind = LineKind::Custom { sku: None };
        }),
        ("duty", |o| {
            o.lines[0].duties.push(Duty {
                id: "1".into(),
                price: nok("3"),
                taxes: vec![],
            });
        }),
        ("shipping", |o| o.shipping[0].discounted = nok("40")),
        ("shipping tax", |o| {
            o.shipping[0].taxes[0].amount = nok("9");
        }),
        ("shipping gone", |o| o.shipping.clear()),
        ("fee", |o| o.fees[0].price = nok("11")),
        ("fee tax", |o| o.fees[0].taxes = vec![tax("1", "25")]),
        ("removed units' money", |o| {
            o.refunds[0].lines[0].subtotal = nok("60");
        }),
        ("removed units' tax", |o| {
            o.refunds[0].lines[0].tax = nok("12");
        }),
        ("shipping given back", |o| {
            o.refunds[0].shipping.push(RefundShipping {
                subtotal: nok("40"),
                tax: nok("10"),
            });
        }),
        ("country", |o| {
            o.shipping_address = Some(address("SE", "11122"));
        }),
        ("billing country", |o| {
            o.billing = Some(address("SE", "11122"));
        }),
        ("company", |o| {
            o.b2b = Some(B2b {
                company_id: "9".into(),
                company_name: "AS".into(),
                location_id: None,
                external_id: None,
                tax_registration_id: None,
            });
        }),
        ("tax included", |o| o.taxes_included = false),
        ("total", |o| o.totals.total = nok("1")),
        ("total tax", |o| o.totals.tax = nok("1")),
        ("cancelled", |o| {
            o.cancelled_at = Some(at("2026-10-06T10:00:00Z"));
        }),
        ("currency", |o| {
            o.shop_currency = Currency::SEK;
        }),
    ];
    let before = economic(&full(), Side::Shop);
    for (name, change) in changes {
        let mut order = full();
        change(&mut order);
        assert_ne!(before, economic(&order, Side::Shop), "{name}");
        assert_ne!(content(&full()), content(&order), "{name}");
    }
}

#[test]
fn economic_digest_stays_where_no_money_moves() {
    let changes: Vec<(&str, Change)> = vec![
        ("our own write-back", |o| {
            o.updated_at = at("2026-11-01T00:00:00Z");
        }),
        ("tags", |o| o.tags.push("vip".into())),
        ("street", |o| {
            o.shipping_address.as_mut().unwrap().line1 = Some("Elsewhere 2".into());
        }),
        ("paid", |o| o.financial_status = None),
        ("sent", |o| {
            o.fulfillment_status = brygga_core::shop::FulfillmentStatus::Fulfilled;
        }),
        ("e-mail", |o| o.email = None),
        ("payments", |o| o.transactions.clear()),
        // What came back becomes a credit note of its own (booking-rules 8).
        ("units that came back", |o| {
            o.refunds.push(Refund {
                lines: vec![RefundLine {
                    line_id: "2".into(),
                    ..refund(RestockType::Return).lines[0].clone()
                }],
                ..refund(RestockType::Return)
            });
            o.lines[1].current_quantity = 0;
            o.totals.current_total = nok("0");
        }),
        ("money given back for nothing", |o| {
            o.refunds.push(Refund {
                lines: vec![],
                ..refund(RestockType::Return)
            });
        }),
        ("trailing noughts", |o| {
            o.lines[0].original_total = nok("125.0");
            o.totals.total = nok(&format!("{}0", o.totals.total.shop.amount));
        }),
    ];
    let before = economic(&full(), Side::Shop);
    for (name, change) in changes {
        let mut order = full();
        change(&mut order);
        assert_eq!(before, economic(&order, Side::Shop), "{name}");
    }
}

#[test]
fn content_digest_leaves_our_own_write_back_out() {
    let mut touched = simple();
    touched.updated_at = at("2026-11-01T00:00:00Z");
    assert_eq!(content(&simple()), content(&touched));
    touched.tags.push("left out".into());
    assert_ne!(
        content(&simple()),
        content(&touched),
        "a tag may leave an order out"
    );
}

#[test]
fn address_digest_moves_with_addresses_alone() {
    let mut order = simple();
    order.tags.push("x".into());
    assert_eq!(addresses(&simple()), addresses(&order));
    order.po_number = Some("PO-1".into());
    assert_ne!(addresses(&simple()), addresses(&order));
    let mut order = simple();
    order.billing.as_mut().unwrap().city = Some("Bergen".into());
    assert_ne!(addresses(&simple()), addresses(&order));
}
